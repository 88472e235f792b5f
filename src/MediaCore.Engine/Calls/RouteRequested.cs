using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Calls;

/// <summary>A call that waits for the control plane to say what is to be done with it. There is one at a time; its call's end, its answer and its deadline each end it, the first of them.</summary>
internal sealed class RouteRequested : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public RouteRequested(BackToBackUserAgent calls, ControlledCall control)
    {
        _calls = calls;
        Control = control;
        Deadline = new OwnedTimer(this);
    }

    /// <summary>Whose it is.</summary>
    public ControlledCall Control { get; }

    /// <summary>The transfer that it is about; null where it is about the call itself.</summary>
    public Transfer? Transfer { get; init; }

    /// <summary>When the default is taken.</summary>
    public OwnedTimer Deadline { get; }

    /// <summary>Ends the asking.</summary>
    public IDisposable? Asked { get; set; }

    public void OnTimer(OwnedTimer timer) => _calls.OnRouteDecided(this, decision: null, System.Collections.Frozen.FrozenDictionary<string, Policies.SipPeer>.Empty);
}
