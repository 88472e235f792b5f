using MediaCore.Primitives;

namespace MediaCore.LoadTests.Calls;

/// <summary>The callee of a call, or the one that it is transferred to. Owned by the signalling thread.</summary>
internal sealed class CalleeLeg
{
    public CalleeLeg(LoadCall call, bool isTarget)
    {
        Timer = new CallTimer(call, this);
        IsTarget = isTarget;
    }

    public CallTimer Timer { get; }

    /// <summary>Whether calls are transferred to it.</summary>
    public bool IsTarget { get; }

    public CalleeStage Stage { get; set; }

    /// <summary>The final response, sent again until its ACK comes (RFC 3261 §13.3.1.4, §17.2.1).</summary>
    public KeptMessage Answer { get; } = new();

    /// <summary>487 for an INVITE that rings and will be cancelled.</summary>
    public KeptMessage Refusal { get; } = new();

    public int Retransmissions { get; set; }

    /// <summary>Whether what it answered is <see cref="Refusal"/>.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Whether it has no call any more, or never had one.</summary>
    public bool IsOver => Stage is CalleeStage.Idle or CalleeStage.Ended;

    /// <summary>Who asks it.</summary>
    public NetworkEndpoint Peer { get; set; }

    /// <summary>When its first INVITE came.</summary>
    public Timestamp AskedAt { get; set; }

    /// <summary>Version of its description.</summary>
    public int Version { get; set; }

    /// <summary>Its half of the dialog, for its own BYE: remote target, From and To from the other side, Call-ID.</summary>
    public (string Target, string From, string To, string CallId) Dialog { get; set; }

    public void Reset()
    {
        Stage = CalleeStage.Idle;
        Answer.Clear();
        Refusal.Clear();
        IsRefused = false;
        Version = 0;
        Dialog = default;
    }
}
