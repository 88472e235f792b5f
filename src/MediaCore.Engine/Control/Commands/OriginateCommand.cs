namespace MediaCore.Engine.Control.Commands;

/// <summary>Makes a call that nobody's INVITE began: the targets are dialled, and who answers is the one party of a call under control. Replied to when the INVITE is on its way; ends with <see cref="Events.DialEnded"/>. <see cref="CallCommand.CallId"/> is the identifier that the call is to have, or empty for one of ours.</summary>
public sealed record OriginateCommand : CallCommand
{
    /// <summary>1 to <see cref="ControlLimits.MaxDialTargets"/>.</summary>
    public IReadOnlyList<DialDestination> Targets { get; init; } = [];

    /// <summary>All at once, the first answer wins; or one after the other.</summary>
    public bool IsSequential { get; init; }

    /// <summary>How long they may ring in all.</summary>
    public TimeSpan RingTime { get; init; } = ControlLimits.DefaultRingTime;

    /// <summary>Number that the call comes from; null for anonymous.</summary>
    public string? CallerNumber { get; init; }

    /// <summary>Name that the call comes from; null for none.</summary>
    public string? CallerName { get; init; }

    /// <summary>Who has diverted the call before it goes there, the last one first; at most <see cref="ControlLimits.MaxDiversions"/>. Stands before what the caller's own trunk has said of diversions.</summary>
    public IReadOnlyList<CallDiversion> Diversions { get; init; } = [];

    /// <summary>Who controls it, under <see cref="CallCommand.Epoch"/>.</summary>
    public required string Controller { get; init; }

    /// <summary>The application that it belongs to; null for none.</summary>
    public string? Application { get; init; }

    /// <summary>Whether it is to be found out if a person or a machine answers.</summary>
    public bool DetectAnswerer { get; init; }

    /// <summary>Variables that it begins with.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}
