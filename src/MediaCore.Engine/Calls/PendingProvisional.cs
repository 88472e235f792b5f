using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Reliable provisional responses of a leg that called us (RFC 3262 §3): the one that waits for its PRACK, and what waits behind it. Made for
/// the first call that needs it, then kept with the pooled leg.
/// </summary>
internal sealed class PendingProvisional(Call call, Leg leg)
{
    public ReliableProvisionalRetransmission Retransmission;

    public CallTimer Timer { get; } = new(CallTimerKind.ReliableProvisional, call, leg);

    /// <summary>RSeq of the last reliable response; 0 before the first.</summary>
    public uint ResponseNumber { get; set; }

    /// <summary>CSeq number of the INVITE it answers.</summary>
    public uint InviteCSeq { get; set; }

    /// <summary>Sent, PRACK not yet received.</summary>
    public bool IsOutstanding { get; set; }

    /// <summary>It is the last provisional response that was sent: none that is not reliable came after it.</summary>
    public bool IsLatest { get; set; }

    /// <summary>The outstanding one had SDP, so that no 2xx may overtake its PRACK.</summary>
    public bool HasBody { get; set; }

    /// <summary>The outstanding one brought our offer: its PRACK has to bring the answer.</summary>
    public bool ExpectsAnswer { get; set; }

    /// <summary>A provisional response to send after the PRACK; 0 for none. A later one takes an earlier one's place.</summary>
    public int NextStatus { get; set; }

    /// <summary>The target has answered meanwhile: the 2xx goes out after the PRACK.</summary>
    public bool OwesAnswer { get; set; }

    /// <summary>What passes from the target to the caller with the response that waits, as lines; empty without any.</summary>
    public byte[] HeldHeaders { get; set; } = [];

    /// <summary>Recv-Info of the 2xx that waits, as lines.</summary>
    public byte[] HeldRecvInfo { get; set; } = [];

    public void Clear()
    {
        Retransmission = default;
        ResponseNumber = InviteCSeq = 0;
        HeldHeaders = HeldRecvInfo = [];
        IsOutstanding = IsLatest = HasBody = ExpectsAnswer = OwesAnswer = false;
        NextStatus = 0;
    }
}
