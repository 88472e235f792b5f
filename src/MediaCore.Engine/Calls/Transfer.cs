using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A transfer of a call: who asked for it, where to, how far it is, and the implicit subscription by which the asking party is told (RFC 3515 §2.4). Made
/// when a REFER comes; a call that is never transferred has none.
/// </summary>
internal sealed class Transfer : IRequestOwner, ITimerOwner
{
    private readonly BackToBackUserAgent _calls;

    public Transfer(BackToBackUserAgent calls, Call call, Leg referrer, TransferKind kind)
    {
        _calls = calls;
        Call = call;
        Referrer = referrer;
        Kind = kind;
        Timer = new OwnedTimer(this);
    }

    public Call Call { get; }

    /// <summary>Who transfers.</summary>
    public Leg Referrer { get; }

    public TransferKind Kind { get; }

    /// <summary>User part of Refer-To, for the record.</summary>
    public string Target { get; init; } = "";

    /// <summary>CSeq of the REFER: the id of its subscription (RFC 3515 §2.4.6).</summary>
    public uint EventId { get; init; }

    /// <summary>Value of the Replaces header of the INVITE that joins the two calls; empty for a blind transfer.</summary>
    public byte[] Replaces { get; init; } = [];

    /// <summary>The command that wants it; null where a REFER does.</summary>
    public OpenCommand? Command { get; init; }

    /// <summary>In whose name the other call is asked, where that is not the transferring party's.</summary>
    public (string? Peer, bool PeerIsTrunk)? InNameOf { get; init; }

    /// <summary>The shard of the call that <see cref="Replaces"/> names.</summary>
    public int ReplacedShard { get; init; }

    /// <summary>The transferring party has asked for privacy (RFC 3323), so the new one is not told of it.</summary>
    public bool IsReferrerHidden { get; set; }

    /// <summary>The new party is still being looked for.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>The asking party wants to be told, and has not been told the end.</summary>
    public bool WantsNotify { get; set; }

    public bool IsNotifyUnderWay { get; set; }

    /// <summary>What is to be told when the NOTIFY under way is answered; 0 for nothing.</summary>
    public int StatusWaiting { get; set; }

    /// <summary>Highest status told.</summary>
    public int StatusTold { get; set; }

    /// <summary>Waits for the moment when the staying party can be asked to change its session.</summary>
    public OwnedTimer Timer { get; }

    /// <summary>Times that was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>What the staying party had agreed on, should it refuse to change.</summary>
    public AudioFormatList PreviousFormats;

    /// <summary>CSeq of the re-INVITE that was answered, whose repeated 2xx is only acknowledged; 0 for none.</summary>
    public uint RenegotiatedCSeq { get; set; }

    public void OnResponse(ClientTransaction transaction, SipMessage response)
    {
        if (response.StatusCode >= 300)
        {
            // Whoever does not know the subscription does not want it (RFC 6665 §4.2.2).
            WantsNotify = false;
        }

        if (response.StatusCode >= 200)
        {
            _calls.OnNotifyAnswered(this);
        }
    }

    public void OnFailure(ClientTransaction transaction, bool timedOut) => WantsNotify = false;

    /// <summary>A NOTIFY sent again with credentials is the next request of the transferring party's dialog.</summary>
    public uint NextCSeq(ClientTransaction transaction) => Referrer.Dialog.NextLocalCSeq();

    public void OnEnded(ClientTransaction transaction) => _calls.OnNotifyEnded(this);

    public void OnTimer(OwnedTimer timer) => _calls.Renegotiate(this);
}
