namespace MediaCore.Engine.Control.Commands;

/// <summary>Plays sound to a leg, by default the caller's, which must be answered or have early media. Ends with <see cref="Events.PlaybackEnded"/>.</summary>
public sealed record PlayCommand : CallCommand
{
    /// <summary>One after the other; 1 to <see cref="ControlLimits.MaxPlayItems"/>.</summary>
    public IReadOnlyList<PlayMedia> Media { get; init; } = [];

    /// <summary>How often all of it is played; 0 until it is stopped.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Whether the connected party hears it as well.</summary>
    public bool ToBoth { get; init; }

    /// <summary>Whether those who hear it go on hearing each other.</summary>
    public bool Mixes { get; init; }

    /// <summary>What it does to what is played now.</summary>
    public PlayInterrupts Interrupts { get; init; }
}
