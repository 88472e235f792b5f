using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>What a timer of a call is for.</summary>
internal enum CallTimerKind : byte
{
    /// <summary>The current step has rung long enough.</summary>
    Ring,

    /// <summary>The current trunk has not answered at all.</summary>
    Attempt,

    /// <summary>The caller has waited as long as any caller may.</summary>
    MaxRinging,

    /// <summary>The longest call is over.</summary>
    Duration,

    /// <summary>Time to look whether media still flows.</summary>
    Media,

    /// <summary>A 2xx is sent again or given up (RFC 3261 §13.3.1.4).</summary>
    OkRetransmission,

    /// <summary>A caller that has heard nothing for a minute is told again that it rings.</summary>
    Provisional,

    /// <summary>The next packet of a prompt.</summary>
    Playback,

    /// <summary>A reliable provisional response is sent again or given up (RFC 3262 §3).</summary>
    ReliableProvisional,

    /// <summary>A session is to be refreshed, or is over (RFC 4028 §10).</summary>
    Session,

    /// <summary>A request of ours within the dialog may be tried again (RFC 3261 §14.1).</summary>
    Renegotiation,
}

/// <summary>A deadline of a call or leg in its shard's wheel; lives as long as the pooled object that has it.</summary>
internal sealed class CallTimer(CallTimerKind kind, Call call, Leg? leg = null) : TimerNode
{
    public CallTimerKind Kind { get; } = kind;

    public Call Call { get; } = call;

    public Leg? Leg { get; } = leg;
}
