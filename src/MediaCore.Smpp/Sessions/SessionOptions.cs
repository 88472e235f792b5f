namespace MediaCore.Smpp.Sessions;

/// <summary>Times and bounds of a session.</summary>
public sealed record SessionOptions
{
    /// <summary>Requests of ours that may be unanswered.</summary>
    public int Window { get; init; } = SmppLimits.DefaultWindow;

    /// <summary>Requests of the peer's that may be unanswered; one more is answered with <c>ESME_RTHROTTLED</c>.</summary>
    public int PeerWindow { get; init; } = SmppLimits.MaxPeerWindow;

    /// <summary>After so long without anything from the peer it is asked whether it is there.</summary>
    public TimeSpan EnquireLinkInterval { get; init; } = SmppLimits.EnquireLinkInterval;

    /// <summary>How long an answer may take.</summary>
    public TimeSpan ResponseTime { get; init; } = SmppLimits.ResponseTime;

    /// <summary>How long binding may take, either side.</summary>
    public TimeSpan BindTime { get; init; } = SmppLimits.BindTime;
}
