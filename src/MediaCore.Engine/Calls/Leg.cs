using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Primitives;
using MediaCore.Sdp;
using MediaCore.Sip.Dialogs;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Calls;

/// <summary>How far a leg has come.</summary>
internal enum LegState : byte
{
    /// <summary>INVITE received or sent, no final response.</summary>
    Inviting,

    /// <summary>As before, and we no longer want it: CANCEL sent, or to be sent with the first provisional response (RFC 3261 §9.1).</summary>
    Cancelling,

    /// <summary>2xx sent or received.</summary>
    Answered,

    /// <summary>Over: refused, cancelled or hung up.</summary>
    Ended,
}

/// <summary>One side of a call: a dialog with one peer, its transactions and its media. Pooled with its call, owned by its shard.</summary>
internal sealed class Leg : IAudioTermsSource
{
    private AudioDescription[]? _previousRemote;

    public Leg(Call call)
    {
        Call = call;
        OkTimer = new CallTimer(CallTimerKind.OkRetransmission, call, this);
        PlaybackTimer = new CallTimer(CallTimerKind.Playback, call, this);
        Media = new MediaLeg { Owner = this };
    }

    public Call Call { get; }

    /// <summary>0 for the caller, then in the order of dialling.</summary>
    public int Index { get; set; }

    /// <summary>Whether it has the caller's place in its call; after a transfer that is the one who stayed.</summary>
    public bool IsCaller => ReferenceEquals(Call.Caller, this);

    /// <summary>Whether it came to us: the caller's own leg, and one that replaces another (RFC 3891).</summary>
    public bool IsInbound => Index == 0 || IsReplacing;

    /// <summary>Whether it stands for nobody (<see cref="Origination.Nobody"/>).</summary>
    public bool IsNobody => Call.Origination is { } origination && ReferenceEquals(origination.Nobody, this);

    /// <summary>It came by an INVITE with Replaces.</summary>
    public bool IsReplacing { get; set; }

    /// <summary>Of a leg that came by an INVITE with Replaces: the one that it is to replace, or has replaced.</summary>
    public Leg? Replaced { get; set; }

    /// <summary>Whether the staying party took the caller's place for it, and gives it back should it be refused.</summary>
    public bool HasSwappedRoles { get; set; }

    public LegState State { get; set; }

    /// <summary>Counts the uses of this pooled object, so that an old transaction cannot take a new leg for its own.</summary>
    public uint Epoch { get; private set; } = 1;

    public Dialog Dialog { get; private set; } = new();

    /// <summary>Where requests in the dialog are sent.</summary>
    public Flow Flow { get; set; }

    /// <summary>The name that its peer gave as next hop, and what was found for it; null for an address.</summary>
    public NextHopLookup? NextHop { get; set; }

    /// <summary>Whether its INVITE may go over TCP when it is large, since nobody asked for UDP.</summary>
    public bool MayUseStream { get; set; }

    /// <summary>Where its INVITE went over TCP for its size: the way to go should there be no connection.</summary>
    public Flow Datagrams { get; set; }

    /// <summary>The peer's INVITE that we have to answer, or whose 2xx awaits its ACK.</summary>
    public ServerTransaction? InviteServer { get; set; }

    /// <summary>Our INVITE that the peer has to answer.</summary>
    public ClientTransaction? InviteClient { get; set; }

    /// <summary>The peer's UPDATE whose offer is being passed on.</summary>
    public ServerTransaction? UpdateServer { get; set; }

    /// <summary>Our last UPDATE.</summary>
    public ClientTransaction? UpdateClient { get; set; }

    /// <summary>CSeq of our last INVITE, which its ACK repeats.</summary>
    public uint InviteCSeq { get; set; }

    /// <summary>Requests of ours whose end the call has to wait for: an unanswered INVITE, a BYE.</summary>
    public int OpenRequests { get; set; }

    /// <summary>Requests of this party that were passed on and are not answered; at most <see cref="EngineLimits.MaxRelaysPerLeg"/>.</summary>
    public int OpenRelays { get; set; }

    /// <summary>2xx sent, ACK not yet received.</summary>
    public bool AwaitsAck { get; set; }

    /// <summary>The peer's 2xx brought the offer: its ACK has to wait for the other side's answer (RFC 3261 §13.2.2.4).</summary>
    public bool OwesAckWithAnswer { get; set; }

    /// <summary>Our 2xx brought the offer: the peer's ACK has to bring the answer.</summary>
    public bool ExpectsAnswerInAck { get; set; }

    /// <summary>It has picked a ringing call up without an offer: the other side is answered once its ACK says what it speaks.</summary>
    public bool ConnectsWithAck { get; set; }

    /// <summary>The ACK that ended the delayed offer had a body, which a repeated ACK repeats.</summary>
    public bool AckCarriedAnswer { get; set; }

    /// <summary>Its first INVITE is being sent: should that fail at once, whoever sends it goes on to the next target.</summary>
    public bool IsStarting { get; set; }

    /// <summary>Another dialog of an INVITE that has its own leg: a proxy behind the target forked it.</summary>
    public bool IsFork { get; set; }

    /// <summary>The leg whose INVITE made this dialog, and whose port it shares; null for a leg with an INVITE of its own.</summary>
    public Leg? ForkOf { get; set; }

    /// <summary>Extensions that the peer has said it supports.</summary>
    public SipExtensions PeerSupports { get; set; }

    /// <summary>The peer takes UPDATE (its Allow says so).</summary>
    public bool PeerAllowsUpdate { get; set; }

    /// <summary>The caller's INVITE requires reliable provisional responses.</summary>
    public bool RequiresReliable { get; set; }

    /// <summary>Our INVITE had an offer.</summary>
    public bool WasOffered { get; set; }

    /// <summary>The initial offer has its answer in a reliable provisional response, so that a 2xx brings no other (RFC 3262 §5).</summary>
    public bool AnsweredReliably { get; set; }

    /// <summary>RSeq of the last reliable response of the peer in this dialog; 0 before the first.</summary>
    public uint LastResponseNumber { get; set; }

    /// <summary>Routes and target of the early dialog are known.</summary>
    public bool HasEarlyTarget { get; set; }

    /// <summary>The peer's reliable response brought the offer: its PRACK has to wait for the caller's answer (RFC 3262 §5).</summary>
    public bool OwesPrackWithAnswer { get; set; }

    /// <summary>The peer was told another description than the one that now holds: it gets an offer as soon as one may be made.</summary>
    public bool OwesOffer { get; set; }

    /// <summary>Its session is to be refreshed as soon as that may be done.</summary>
    public bool OwesRefresh { get; set; }

    /// <summary>Our request in progress has an offer of ours, and is no mere refresh.</summary>
    public bool IsOwnOffer { get; set; }

    /// <summary>CSeq of the last request of that kind that was answered.</summary>
    public uint OwnAnswered { get; set; }

    /// <summary>Reliable provisional responses to this peer; null until the first.</summary>
    public PendingProvisional? Pending { get; set; }

    /// <summary>The session timer agreed with this peer; null until the first.</summary>
    public SessionTimer? SessionTimer { get; set; }

    /// <summary>When a request of ours may be tried again; null until the first.</summary>
    public CallTimer? RetryTimer { get; set; }

    /// <summary>Reason header value of the CANCEL that waits for a provisional response; empty for none.</summary>
    public byte[] CancelReason { get; set; } = [];

    /// <summary>To be hung up, but its ACK has to come first (RFC 3261 §15).</summary>
    public bool OwesBye { get; set; }

    /// <summary>The peer hung up by itself, so it needs no BYE.</summary>
    public bool HungUp { get; set; }

    public InviteOkRetransmission OkRetransmission;

    public CallTimer OkTimer { get; }

    public CallTimer PlaybackTimer { get; }

    public MediaLeg Media { get; }

    /// <summary>What its controller has done to it: held, parked, bridged with a leg of another call; null for nothing of the kind.</summary>
    public LegTies? Ties { get; set; }

    /// <summary>What was found on its line, for its record; null for nothing.</summary>
    public LineNotes? Line { get; set; }

    /// <summary>What its taps look for now.</summary>
    public LineDetection Watched { get; set; }

    /// <summary>What the peer described last.</summary>
    public AudioDescription Remote;

    /// <summary>What it had described before the re-INVITE in progress, should that fail (RFC 3261 §14.1). Made for the first of this pooled leg's calls that has one: most have none, and it is half a kilobyte.</summary>
    public ref AudioDescription PreviousRemote => ref (_previousRemote ??= new AudioDescription[1])[0];

    /// <summary>Keys of ours for this peer's SRTP; null until the first, kept with the pooled leg. Those of a fork are its INVITE's (<see cref="ForkOf"/>).</summary>
    public LegKeys? Keys { get; set; }

    /// <summary>Formats in use with this peer, as we described them last.</summary>
    public AudioFormatList Formats;

    /// <summary>Where we told this peer to send its media, last.</summary>
    public NetworkEndpoint ToldRtp { get; set; }

    /// <summary>Lines beside the audio; null until the first, kept with the pooled leg.</summary>
    public LegStreams? Streams { get; set; }

    /// <summary>Our last description had RTP and RTCP on one port (RFC 5761).</summary>
    public bool ToldRtcpMux { get; set; }

    /// <summary>o= of our descriptions to this peer.</summary>
    public ulong SdpSessionId { get; set; }

    public ulong SdpVersion { get; set; }

    /// <summary>SDP was exchanged and media may flow.</summary>
    public bool HasMedia { get; set; }

    /// <summary>The session table's keys of this leg.</summary>
    public SessionKey DialogKey { get; set; }

    public bool HasDialogKey { get; set; }

    /// <summary>Authorization rows of the last INVITE, for its ACK; null on legs whose trunk has never asked.</summary>
    public LegCredentials? Credentials { get; set; }

    /// <summary>Trunk or account at the other end.</summary>
    public string? Peer { get; set; }

    /// <summary>The trunk at the other end, with its rules; null for accounts and strangers.</summary>
    public Trunk? Trunk { get; set; }

    /// <summary>The contact that it was dialled at; null for legs that go to no account.</summary>
    public Binding? Binding { get; set; }

    /// <summary>The leg whose flow failed, where this one asks the same phone by another; null otherwise.</summary>
    public Leg? InsteadOf { get; set; }

    /// <summary>Whether <see cref="Peer"/> is a trunk.</summary>
    public bool PeerIsTrunk { get; set; }

    /// <summary>The address of the trunk that it was dialled at; default for legs that go to no trunk.</summary>
    public TrunkHop Hop { get; set; }

    /// <summary>Counts among the inbound calls of its trunk and those of its account, which the call keeps (<see cref="Call.InboundStatus"/>).</summary>
    public bool IsCountedInbound { get; set; }

    /// <summary>Counts among its trunk's calls.</summary>
    public bool IsOnTrunk { get; set; }

    /// <summary>How far it was when that was published last.</summary>
    public LegPhase Told { get; set; }

    /// <summary>That its peer holds us was published.</summary>
    public bool IsHoldTold { get; set; }

    /// <summary>Its time on hold.</summary>
    public LegHold Hold;

    public DateTimeOffset InvitedAt { get; set; }

    public DateTimeOffset? RingingAt { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    public CallEndSide EndedBy { get; set; }

    public int SipStatus { get; set; }

    public int Q850Cause { get; set; }

    /// <inheritdoc/>
    bool IAudioTermsSource.TryGetTerms(MediaLeg leg, ref AudioTerms terms)
    {
        if (Remote.Formats.Count == 0 || Formats.Count == 0)
        {
            return false;
        }

        terms.Receive = Formats;
        terms.Send = Remote.Formats;
        terms.PacketMilliseconds = Remote.PtimeMilliseconds;
        terms.MaxPacketMilliseconds = Remote.MaxPtimeMilliseconds;
        terms.MayBeSent = !Remote.IsHold;
        return true;
    }

    /// <summary>Exchanges the dialog and what belongs to it with another leg of the same INVITE.</summary>
    public void SwapDialog(Leg other)
    {
        (Dialog, other.Dialog) = (other.Dialog, Dialog);
        (Remote, other.Remote) = (other.Remote, Remote);
        (Flow, other.Flow) = (other.Flow, Flow);
        (LastResponseNumber, other.LastResponseNumber) = (other.LastResponseNumber, LastResponseNumber);
        (AnsweredReliably, other.AnsweredReliably) = (other.AnsweredReliably, AnsweredReliably);
        (HasEarlyTarget, other.HasEarlyTarget) = (other.HasEarlyTarget, HasEarlyTarget);
        (PeerAllowsUpdate, other.PeerAllowsUpdate) = (other.PeerAllowsUpdate, PeerAllowsUpdate);
        (PeerSupports, other.PeerSupports) = (other.PeerSupports, PeerSupports);
        (SdpVersion, other.SdpVersion) = (Math.Max(SdpVersion, other.SdpVersion), other.SdpVersion);
        (OwesPrackWithAnswer, other.OwesPrackWithAnswer) = (other.OwesPrackWithAnswer, OwesPrackWithAnswer);
        (_previousRemote, other._previousRemote) = (other._previousRemote, _previousRemote);
        (OwesOffer, other.OwesOffer) = (other.OwesOffer, OwesOffer);
        (IsOwnOffer, other.IsOwnOffer) = (other.IsOwnOffer, IsOwnOffer);
        (OwnAnswered, other.OwnAnswered) = (other.OwnAnswered, OwnAnswered);
        (UpdateServer, other.UpdateServer) = (other.UpdateServer, UpdateServer);
        (UpdateClient, other.UpdateClient) = (other.UpdateClient, UpdateClient);
        TakeUpdates(other);
        other.TakeUpdates(this);
    }

    /// <summary>The transactions that came with the dialog are this leg's from now on.</summary>
    private void TakeUpdates(Leg former)
    {
        if (UpdateServer is { } asked)
        {
            asked.Leg = this;
        }

        if (UpdateClient is { } asking)
        {
            asking.MoveTo(this);
            if (!asking.HasFinal)
            {
                former.OpenRequests--;
                OpenRequests++;
            }
        }
    }

    /// <summary>Back to the pool's state.</summary>
    public void Clear()
    {
        Epoch++;
        State = LegState.Ended;
        Dialog.Reset();
        Flow = default;
        NextHop = null;
        MayUseStream = false;
        Datagrams = default;
        InviteServer = null;
        InviteClient = null;
        InviteCSeq = 0;
        OpenRequests = OpenRelays = 0;
        AwaitsAck = OwesAckWithAnswer = AckCarriedAnswer = OwesBye = ExpectsAnswerInAck = ConnectsWithAck = HungUp = HasMedia = HasDialogKey = PeerIsTrunk = IsStarting = IsFork = IsReplacing = HasSwappedRoles = IsCountedInbound = false;
        UpdateServer = null;
        UpdateClient = null;
        ForkOf = Replaced = InsteadOf = null;
        Trunk = null;
        PeerSupports = SipExtensions.None;
        LastResponseNumber = OwnAnswered = 0;
        PeerAllowsUpdate = RequiresReliable = WasOffered = AnsweredReliably = HasEarlyTarget = OwesPrackWithAnswer = OwesOffer = OwesRefresh = IsOwnOffer = false;
        Pending?.Clear();
        SessionTimer?.Clear();
        OkRetransmission = default;
        Remote = default;
        _previousRemote?.AsSpan().Clear();
        Keys?.Clear();
        Formats = default;
        ToldRtp = default;
        ToldRtcpMux = false;
        Streams?.Clear();
        CancelReason = [];
        Media.Clear();
        Ties = null;
        Line = null;
        Watched = LineDetection.None;
        Peer = null;
        Binding = null;
        Hop = default;
        IsOnTrunk = false;
        Credentials?.Clear();
        Told = LegPhase.None;
        IsHoldTold = false;
        Hold = default;
        RingingAt = AnsweredAt = null;
        InvitedAt = EndedAt = default;
        EndedBy = CallEndSide.None;
        SipStatus = Q850Cause = 0;
    }
}
