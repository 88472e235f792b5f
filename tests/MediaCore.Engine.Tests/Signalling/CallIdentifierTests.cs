using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Tests.Signalling;

public sealed class CallIdentifierTests
{
    [Fact]
    public void Identifiers_SortByTime_AndDiffer()
    {
        var source = new IdentifierSource(0);
        DateTimeOffset start = DateTimeOffset.UnixEpoch.AddYears(56);
        string[] made = [.. Enumerable.Range(0, 1000).Select(i => CallIdentifier.Create(start.AddMilliseconds(i), source))];
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(made.Length, made.Distinct().Count());
        Assert.All(made, static id => Assert.Matches("^[0-9A-HJKMNP-TV-Z]{26}$", id));
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => CallIdentifier.Create(start, source)).Distinct().Count());
    }
}
