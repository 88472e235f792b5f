using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Tests.Inventory;

public sealed class InventoryRulesTests
{
    [Theory]
    [InlineData("+12", true)]
    [InlineData("+12025550100", true)]
    [InlineData("+123456789012345", true)]
    [InlineData("+1234567890123456", false)]
    [InlineData("+1", false)]
    [InlineData("+", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("12025550100", false)]
    [InlineData("+02025550100", false)]
    [InlineData("+1-202-555-0100", false)]
    [InlineData("+1202555010٠", false)]
    [InlineData("++12025550100", false)]
    public void E164(string? number, bool right) => Assert.Equal(right, InventoryRules.CheckE164(number) is null);

    [Theory]
    [InlineData("1001", true)]
    [InlineData("alice.smith_2-b", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(".alice", false)]
    [InlineData("+12025550100", false)]
    [InlineData("al ice", false)]
    [InlineData("al:ice", false)]
    [InlineData("al\"ice", false)]
    [InlineData("älice", false)]
    [InlineData("alice@example", false)]
    public void AccountName(string? name, bool right) => Assert.Equal(right, InventoryRules.CheckAccountName(name) is null);

    [Theory]
    [InlineData(NumberTargetKind.Account, "1001", true)]
    [InlineData(NumberTargetKind.Account, "1 001", false)]
    [InlineData(NumberTargetKind.Uri, "sip:bob@192.0.2.1:5070;transport=tcp", true)]
    [InlineData(NumberTargetKind.Uri, "https://example.com", false)]
    [InlineData(NumberTargetKind.Trunk, "carrier-a", true)]
    [InlineData(NumberTargetKind.Trunk, "carrier-a/+12025550199", true)]
    [InlineData(NumberTargetKind.Trunk, "carrier-a/", false)]
    [InlineData(NumberTargetKind.Trunk, "/+12025550199", false)]
    [InlineData(NumberTargetKind.Trunk, "carrier-a/a b", false)]
    [InlineData(NumberTargetKind.Trunk, "carrier-a/x@evil", false)]
    [InlineData(NumberTargetKind.Trunk, "", false)]
    [InlineData(NumberTargetKind.AnnouncementText, "Hello.", true)]
    [InlineData(NumberTargetKind.AnnouncementText, "  ", false)]
    [InlineData(NumberTargetKind.AnnouncementText, "bell\a", false)]
    [InlineData(NumberTargetKind.AnnouncementFile, "welcome.wav", true)]
    [InlineData(NumberTargetKind.AnnouncementFile, "de/welcome.wav", true)]
    [InlineData(NumberTargetKind.AnnouncementFile, "../secret.wav", false)]
    [InlineData(NumberTargetKind.AnnouncementFile, "de/../../secret.wav", false)]
    [InlineData(NumberTargetKind.AnnouncementFile, "/etc/passwd", false)]
    [InlineData((NumberTargetKind)99, "x", false)]
    public void Target(NumberTargetKind kind, string value, bool right)
        => Assert.Equal(right, InventoryRules.CheckTarget(new NumberTarget(kind, value)) is null);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1_000, true)]
    [InlineData(1_500, false)]
    [InlineData(180_000, true)]
    [InlineData(181_000, false)]
    public void RingTime(int milliseconds, bool right)
        => Assert.Equal(right, InventoryRules.CheckTarget(new NumberTarget(NumberTargetKind.Account, "a") { RingTime = TimeSpan.FromMilliseconds(milliseconds) }) is null);

    [Fact]
    public void Number_WithSeveralMistakes_NamesThemAll()
    {
        var number = new NumberDefinition("0100")
        {
            Label = new string('x', 101),
            Targets = [new NumberTarget(NumberTargetKind.Uri, "nowhere"), new NumberTarget(NumberTargetKind.AnnouncementText, "Hi") { Voice = "--stdout; rm" }],
        };

        IReadOnlyList<string> errors = InventoryRules.Check(number);

        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, error => error.StartsWith("Target 1:", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("Target 2:", StringComparison.Ordinal));
    }

    [Fact]
    public void GeneratedPassword_IsLongUnambiguousAndNeverTheSame()
    {
        string[] passwords = [.. Enumerable.Range(0, 200).Select(_ => GeneratedPassword.Create())];

        Assert.Equal(200, passwords.Distinct(StringComparer.Ordinal).Count());
        Assert.All(passwords, password => Assert.Equal(20, password.Length));
        Assert.Equal(-1, string.Concat(passwords).AsSpan().IndexOfAny("0Oo1Il"));
    }
}
