namespace MediaCore.Engine;

/// <summary>Which early dialog the caller hears when several ring (RFC 3261 §13.2.2.4): forks behind one target, or targets rung at once.</summary>
public enum EarlyMediaSource : byte
{
    /// <summary>The one that described its media last.</summary>
    Latest,

    /// <summary>The one that described its media first, until it fails.</summary>
    First,

    /// <summary>None: provisional responses are passed on without SDP, and the caller's phone makes its own ringing.</summary>
    None,
}
