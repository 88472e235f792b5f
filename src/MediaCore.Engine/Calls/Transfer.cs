using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Shards;
using MediaCore.Sdp;

namespace MediaCore.Engine.Calls;

/// <summary>
/// A transfer of a call: who asked for it, where to, and how far it is. Made when a REFER comes, or a command; a call that is never transferred has none.
/// </summary>
internal sealed class Transfer : ITimerOwner
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

    /// <summary>By which the asking party is told; null where it does not want to be, and where no REFER came.</summary>
    public ReferSubscription? Subscription { get; init; }

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

    /// <summary>Waits for the moment when the staying party can be asked to change its session.</summary>
    public OwnedTimer Timer { get; }

    /// <summary>Times that was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>What the staying party had agreed on, should it refuse to change.</summary>
    public AudioFormatList PreviousFormats;

    /// <summary>CSeq of the re-INVITE that was answered, whose repeated 2xx is only acknowledged; 0 for none.</summary>
    public uint RenegotiatedCSeq { get; set; }

    public void OnTimer(OwnedTimer timer) => _calls.Renegotiate(this);
}
