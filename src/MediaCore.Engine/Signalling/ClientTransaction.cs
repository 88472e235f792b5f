using System.Buffers;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Signalling;

/// <summary>What a request of ours was sent for; tells the transaction user where its responses belong.</summary>
internal enum RequestPurpose : byte
{
    None,

    /// <summary>The INVITE that opens a leg.</summary>
    InitialInvite,

    /// <summary>A re-INVITE passed on from the other leg.</summary>
    ReInvite,

    /// <summary>A re-INVITE of our own, to join a party with the one that it was transferred to.</summary>
    Renegotiation,

    /// <summary>BYE of a leg.</summary>
    Bye,

    /// <summary>CANCEL of a leg's INVITE; its own response says nothing (RFC 3261 §9.1).</summary>
    Cancel,

    /// <summary>PRACK of a leg (RFC 3262); its response changes nothing.</summary>
    Prack,

    /// <summary>An UPDATE passed on from the other leg.</summary>
    Update,

    /// <summary>A re-INVITE of our own idea: a session refresh, a changed description.</summary>
    OwnInvite,

    /// <summary>An UPDATE of our own idea.</summary>
    OwnUpdate,

    /// <summary>An OPTIONS in a dialog that asks whether the peer is still there.</summary>
    Probe,

    /// <summary>A request of an <see cref="IRequestOwner"/>, which gets its responses.</summary>
    Owned,
}

/// <summary>A client transaction with its request's bytes. Pooled, owned by its shard.</summary>
internal sealed class ClientTransaction : TimerNode
{
    private readonly byte[] _branch = new byte[BranchBytes];
    private byte[] _request = [];
    private int _requestLength;
    private Leg? _leg;
    private uint _legEpoch;

    /// <summary>Bytes of the branches we make: the magic cookie, shard, slot, generation, randomness.</summary>
    public const int BranchBytes = 7 + 2 + 6 + 8 + 16;

    public InviteClientTransaction Invite { get; } = new();

    public NonInviteClientTransaction NonInvite { get; } = new();

    public bool IsInvite { get; private set; }

    public SipMethod Method { get; private set; }

    public RequestPurpose Purpose { get; private set; }

    public Flow Flow { get; private set; }

    /// <summary>The leg that gets the responses; null for none, and once that leg has gone back to the pool.</summary>
    public Leg? Leg => _leg is { } leg && leg.Epoch == _legEpoch ? leg : null;

    /// <summary>Who gets the responses in place of a leg; null for a leg's own request, and once disowned.</summary>
    public IRequestOwner? Owner { get; private set; }

    /// <summary>The trunk that it goes to, whose credentials answer a challenge; null for others. A leg's requests have the leg's trunk.</summary>
    public Trunk? Trunk { get; set; }

    /// <summary>Which challenges it has answered.</summary>
    public ChallengeAnswers Challenges { get; set; }

    /// <summary>Keyed hash of the To tag of the first 2xx to an INVITE; 0 before. By it a repetition is known when its call is out of memory.</summary>
    public ulong AnsweredTag { get; set; }

    public SessionHandle Handle { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>Whether a final response came (or the end without one was noted).</summary>
    public bool HasFinal { get; set; }

    /// <summary>CSeq number of the request.</summary>
    public uint CSeq { get; private set; }

    /// <summary>Whether any provisional response came, which a CANCEL has to wait for (RFC 3261 §9.1).</summary>
    public bool HasProvisional { get; set; }

    /// <summary>It is to be cancelled as soon as a provisional response allows it.</summary>
    public bool IsCancelWanted { get; set; }

    /// <summary>The CANCEL sent for this INVITE, which shares its branch.</summary>
    public SessionHandle Canceller { get; set; }

    public ReadOnlySpan<byte> Request => _request.AsSpan(0, _requestLength);

    public byte[] RequestArray => _request;

    /// <summary>Our branch, which responses repeat; kept when the request itself is given back.</summary>
    public ReadOnlySpan<byte> Branch => _branch;

    /// <summary>Has its final response and only absorbs what comes late (timers D, K, M): when exactly it ends is of no matter.</summary>
    public bool IsLingering => (IsInvite ? Invite.State : NonInvite.State) is TransactionState.Accepted or TransactionState.Completed;

    public Timestamp NextDeadline => IsInvite ? Invite.NextDeadline : NonInvite.NextDeadline;

    public void Open(SipMethod method, uint cseq, RequestPurpose purpose, in Flow flow, Leg? leg, IRequestOwner? owner = null)
    {
        Owner = owner;
        Method = method;
        IsInvite = method == SipMethod.Invite;
        CSeq = cseq;
        Purpose = purpose;
        Flow = flow;
        _leg = leg;
        _legEpoch = leg?.Epoch ?? 0;
        Trunk = leg?.Trunk;
        Challenges = ChallengeAnswers.None;
        AnsweredTag = 0;
        HasEnded = false;
        HasFinal = false;
        HasProvisional = false;
        Canceller = default;
        IsCancelWanted = false;
    }

    /// <summary>Its request will go another way than was thought when it was opened, or what follows it goes another way: only before it has started, or once nothing of it is sent any more.</summary>
    public void Redirect(in Flow flow) => Flow = flow;

    /// <summary>The dialog that it belongs to has become another leg's.</summary>
    public void MoveTo(Leg leg)
    {
        _leg = leg;
        _legEpoch = leg.Epoch;
    }

    /// <summary>Its owner is no more, or no longer cares: what still comes is only absorbed.</summary>
    public void Disown() => Owner = null;

    /// <summary>Keeps the request as it is sent; <paramref name="branchOffset"/> is where our branch stands in it.</summary>
    public void StoreRequest(ReadOnlySpan<byte> request, int branchOffset)
    {
        _request = ArrayPool<byte>.Shared.Rent(request.Length);
        request.CopyTo(_request);
        _requestLength = request.Length;
        request.Slice(branchOffset, BranchBytes).CopyTo(_branch);
    }

    /// <summary>The same with rows put in at <paramref name="position"/>, which lies behind the branch.</summary>
    public void StoreRequest(ReadOnlySpan<byte> request, int branchOffset, int position, ReadOnlySpan<byte> rows)
    {
        _requestLength = request.Length + rows.Length;
        _request = ArrayPool<byte>.Shared.Rent(_requestLength);
        request[..position].CopyTo(_request);
        rows.CopyTo(_request.AsSpan(position));
        request[position..].CopyTo(_request.AsSpan(position + rows.Length));
        request.Slice(branchOffset, BranchBytes).CopyTo(_branch);
    }

    /// <summary>Gives the request back when it cannot be sent again: after a 2xx to an INVITE, after any final response to another request.</summary>
    public void ReleaseRequest()
    {
        if (_request.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_request);
            _request = [];
            _requestLength = 0;
        }
    }

    public void Clear()
    {
        ReleaseRequest();
        _branch.AsSpan().Clear();
        Invite.Reset();
        NonInvite.Reset();
        _leg = null;
        Trunk = null;
        Owner = null;
        Flow = default;
        Purpose = RequestPurpose.None;
    }
}
