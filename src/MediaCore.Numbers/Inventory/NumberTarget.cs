namespace MediaCore.Numbers.Inventory;

/// <summary>One of a number's targets; they are tried in order.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Which one: see <see cref="NumberTargetKind"/>.</param>
public sealed record NumberTarget(NumberTargetKind Kind, string Value)
{
    /// <summary>Ring time of a target that names none: five rings, as carriers' no-answer forwarding has it.</summary>
    public static readonly TimeSpan DefaultRingTime = TimeSpan.FromSeconds(20);

    /// <summary>Voice of a spoken text; null for the synthesizer's own.</summary>
    public string? Voice { get; init; }

    /// <summary>How long it may ring before the next target is tried; whole seconds, 1 to 180. No meaning for announcements.</summary>
    public TimeSpan RingTime { get; init; } = DefaultRingTime;
}
