using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Queues;

/// <summary>What waiting callers are told, and when. Nothing is said while somebody answers.</summary>
public sealed record AnnouncementRules
{
    /// <summary>Said once at the start; null for nothing.</summary>
    public PromptChoice? Welcome { get; init; }

    /// <summary>Whether the position is said.</summary>
    public bool Position { get; init; }

    /// <summary>Positions above this are not said.</summary>
    public int MaxPosition { get; init; } = 10;

    /// <summary>Whether the expected wait is said, rounded up to minutes, and only when it is less than what was said before.</summary>
    public bool Wait { get; init; }

    /// <summary>Waits above this are not said: "more calls than usual" is, in their place.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often position and wait are said; Asterisk's sample has 90 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Least time between two announcements; Asterisk's sample has 15 s.</summary>
    public TimeSpan MinGap { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Said one after the other, in turn, between the others; empty for none.</summary>
    public IReadOnlyList<PromptChoice> Prompts { get; init; } = [];
}
