using System.Globalization;

namespace MediaCore.Wire.Tests.Control;

/// <summary>An event as the answering bot writes it down: <c>event CALL SEQUENCE KIND LEG DETAIL</c>.</summary>
internal sealed record ToldEvent(string CallId, int Sequence, string Kind, string LegId, string Detail)
{
    /// <summary>Those in a bot's output, in their order.</summary>
    public static IReadOnlyList<ToldEvent> ReadAll(string output) =>
        [.. output.Split('\n').Where(static l => l.StartsWith("event ", StringComparison.Ordinal)).Select(static l => l.Split(' ', 6)).Select(static f => new ToldEvent(f[1], int.Parse(f[2], CultureInfo.InvariantCulture), f[3], f[4], f[5]))];

    /// <summary>Fails unless the numbers of a call's events are those from its first to its last, each once and in order, whoever has told them.</summary>
    public static void AssertGapless(IEnumerable<ToldEvent> events)
    {
        // Those after the end of a call have no number.
        int[] numbers = [.. events.Where(static e => e.Sequence > 0).Select(static e => e.Sequence)];
        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }
}
