using MediaCore.Engine.Recordings;

namespace MediaCore.Engine.Tests.Recordings;

public sealed class RecordingPathTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 4, 5, 6, TimeSpan.Zero);

    [Theory]
    [InlineData("{date}/{call}-{leg}", "2026-11-23/01ABC-2")]
    [InlineData("{year}/{month}/{day}/{hour}/{call}", "2026/11/23/04/01ABC")]
    [InlineData("calls_{call}", "calls_01ABC")]
    public void Pattern_IsExpanded(string pattern, string expected)
    {
        Assert.True(RecordingPath.TryParse(pattern, out RecordingPath? path, out string problem), problem);
        Assert.Equal(expected, path.Expand("01ABC", 2, At));
    }

    [Theory]
    [InlineData("{date}/{leg}", "{call}")]
    [InlineData("../{call}", "dot")]
    [InlineData("/{call}", "without a name")]
    [InlineData("a//{call}", "without a name")]
    [InlineData("{call}/", "without a name")]
    [InlineData(".{call}", "dot")]
    [InlineData("{caller}-{call}", "begins none of")]
    [InlineData("{call", "begins none of")]
    [InlineData("{call} x", "may hold")]
    [InlineData("", "{call}")]
    public void BadPattern_IsRefusedWithWhatToDo(string pattern, string expected)
    {
        Assert.False(RecordingPath.TryParse(pattern, out _, out string problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Identifier_OfAnotherSignalling_CannotLeaveTheDirectory() =>
        Assert.Equal("___etc_passwd-0", Expand("../etc/passwd"));

    [Fact]
    public void LongIdentifier_IsCut() => Assert.Equal(RecordingLimits.MaxIdentifierCharacters + 2, Expand(new string('a', 500)).Length);

    private static string Expand(string call) => RecordingPath.TryParse("{call}-{leg}", out RecordingPath? path, out _) ? path.Expand(call, 0, At) : "";
}
