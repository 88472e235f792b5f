namespace MediaCore.Engine.Control.Commands;

/// <summary>Sends digits to a leg's peer, by default the connected party's, or where there is none the caller's; after what is played to it. Ends when they are out.</summary>
public sealed record SendDtmfCommand : CallCommand
{
    /// <summary><c>0</c>–<c>9</c>, <c>*</c>, <c>#</c>, <c>A</c>–<c>D</c>.</summary>
    public required string Digits { get; init; }

    /// <summary>Length of each, 100 ms to 5 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Pause after each, 100 ms to 5 s.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMilliseconds(100);
}
