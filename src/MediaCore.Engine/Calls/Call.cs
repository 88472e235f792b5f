using System.Collections.Immutable;
using MediaCore.Audio.Prompts;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>How far a call has come.</summary>
internal enum CallState : byte
{
    /// <summary>Not yet answered by us towards the caller.</summary>
    Setup,

    /// <summary>Answered towards the caller; it may still be looking for its next target.</summary>
    Answered,

    /// <summary>Recorded; the last transactions are being finished.</summary>
    Ended,
}

/// <summary>
/// A call: the caller's leg, the legs it has been offered to, the plan and how far it has come. Plain data, changed only by
/// <see cref="BackToBackUserAgent"/> on the owning shard; pooled.
/// </summary>
internal sealed class Call
{
    /// <summary>Longest <see cref="CallerAddress"/>: a name and a user at their limits, with our host.</summary>
    public const int MaxCallerAddressBytes = 512;

    /// <summary>Longest <see cref="CalledUser"/>.</summary>
    public const int MaxCalledUserBytes = 256;

    /// <summary>Longest <see cref="PassedHeaders"/>; more of them are not passed.</summary>
    public const int MaxPassedHeaderBytes = 1024;

    private readonly Stack<Leg> _spareLegs = new();

    private readonly Leg _first;

    public Call()
    {
        _first = Caller = new Leg(this);
        RingTimer = new CallTimer(CallTimerKind.Ring, this);
        AttemptTimer = new CallTimer(CallTimerKind.Attempt, this);
        MaxRingingTimer = new CallTimer(CallTimerKind.MaxRinging, this);
        DurationTimer = new CallTimer(CallTimerKind.Duration, this);
        MediaTimer = new CallTimer(CallTimerKind.Media, this);
        ProvisionalTimer = new CallTimer(CallTimerKind.Provisional, this);
    }

    /// <summary>Ours; see <see cref="CallIdentifier"/>.</summary>
    public string Id { get; set; } = "";

    public SessionHandle Handle { get; set; }

    public CallState State { get; set; }

    /// <summary>The one for whom targets are dialled: who called, or after a transfer who stayed.</summary>
    public Leg Caller { get; private set; }

    /// <summary>Legs towards targets, in the order of dialling.</summary>
    public List<Leg> Callees { get; } = [];

    /// <summary>The target's leg that talks with the caller.</summary>
    public Leg? Connected { get; set; }

    /// <summary>The target's leg whose early media the caller hears.</summary>
    public Leg? EarlyMedia { get; set; }

    /// <summary>The dialog of that leg that is heard: the leg itself or a fork of it.</summary>
    public Leg? EarlyDialog { get; set; }

    /// <summary>Media goes from peer to peer; no leg has a port.</summary>
    public bool PassesMedia { get; set; }

    /// <summary>Offers of ours that told a side where the other has moved to.</summary>
    public int FollowUpOffers { get; set; }

    public RoutePlan Plan { get; set; } = RoutePlan.UnknownNumber;

    /// <summary>The virtual number that took the call before it was transferred: the call is that number's still. Null while it was not.</summary>
    public string? FirstNumber { get; set; }

    public int StepIndex { get; set; }

    /// <summary>Target of a sequential step that is being tried; -1 when the next is to be chosen.</summary>
    public int TargetIndex { get; set; } = -1;

    /// <summary>Targets of the step that were chosen; bit n is target n.</summary>
    public ulong TargetsTried { get; set; }

    /// <summary>Next contact or URI of the target.</summary>
    public int HopIndex { get; set; }

    /// <summary>The addresses of the URI that is being dialled.</summary>
    public ImmutableArray<SipDestination> UriDestinations { get; set; } = [];

    /// <summary>Addresses of the target's trunk that were tried; bit n is the n-th of all addresses of its targets.</summary>
    public ulong HopsTried { get; set; }

    /// <summary>This call's turn at a trunk whose targets take turns.</summary>
    public uint? Turn { get; set; }

    /// <summary>Targets tried in this step.</summary>
    public int StepAttempts { get; set; }

    /// <summary>Targets tried one after the other in all steps.</summary>
    public int Attempts { get; set; }

    /// <summary>No further target is tried after this time.</summary>
    public Timestamp FailoverLimit { get; set; }

    /// <summary>Where the leg goes that is about to be made.</summary>
    public TrunkHop PendingHop { get; set; }

    /// <summary>The trunk whose inbound calls this one counts among.</summary>
    public TrunkStatus? InboundStatus { get; set; }

    /// <summary>The account whose calls this one counts among; null without such a limit.</summary>
    public string? CountedAccount { get; set; }

    /// <summary>A prompt is being fetched for the current step.</summary>
    public bool AwaitsPrompt { get; set; }

    /// <summary>The prompt to play as soon as the caller's description is known.</summary>
    public AudioClip? PendingClip { get; set; }

    /// <summary>The conference that the caller is taken into once he is answered and has acknowledged it.</summary>
    public (string Room, ConferenceOptions Options)? PendingRoom { get; set; }

    /// <summary>The conference that the caller is or was in; null for none.</summary>
    public string? Conference { get; set; }

    /// <summary>The caller's INVITE had no SDP: the called side makes the offer.</summary>
    public bool IsDelayedOffer { get; set; }

    /// <summary>Who sent the offer (a re-INVITE or UPDATE) that is being passed on; null when none is.</summary>
    public Leg? ReInviteFrom { get; set; }

    /// <summary>How it began, where nobody's INVITE began it; null for a call that came to us.</summary>
    public Origination? Origination { get; set; }

    /// <summary>The last transfer; null for a call that was never transferred.</summary>
    public Transfer? Transfer { get; set; }

    /// <summary>Transfers so far, for the record; null for none.</summary>
    public List<TransferRecord>? Transfers { get; set; }

    /// <summary>Recordings; null for a call that never had one.</summary>
    public CallRecordings? Recordings { get; set; }

    /// <summary>Its controller and what that one has under way; null for a call that nobody has ever wanted to control.</summary>
    public ControlledCall? Control { get; set; }

    /// <summary>Number of the last event that was published of it.</summary>
    public long EventSequence { get; set; }

    /// <summary>Its end was published: nothing of it is any more.</summary>
    public bool IsEndTold { get; set; }

    /// <summary>The session table knows it by its identifier.</summary>
    public bool HasIdKey { get; set; }

    /// <summary>Above 0 while the call is being ended: a request that fails at once must not give the call back under the hands that end it.</summary>
    public int Holds { get; set; }

    public int MaxForwards { get; set; }

    /// <summary>Best failure so far (RFC 3261 §16.7), to be passed on when all targets have failed.</summary>
    public int BestStatus { get; set; }

    public int BestCause { get; set; }

    /// <summary>Contact headers of a 3xx, ready to be written; empty otherwise.</summary>
    public byte[] BestContacts { get; set; } = [];

    /// <summary>Highest 18x sent to the caller, so that each is sent once.</summary>
    public int ProvisionalSent { get; set; }

    public bool ProvisionalHadBody { get; set; }

    /// <summary>The caller has been given more than one description, and may have kept to the first (RFC 3261 §13.2.1).</summary>
    public bool ProvisionalChanged { get; set; }

    /// <summary>When a call on which nobody has to talk is asked next whether it is still there.</summary>
    public Timestamp ProbeAt { get; set; }

    public Trunk? InboundTrunk { get; set; }

    public string? OutboundTrunk { get; set; }

    public string? Account { get; set; }

    public string CallerIdentity { get; set; } = "";

    public string CalledIdentity { get; set; } = "";

    /// <summary>What the inbound trunk, or the configuration for it, asserts about the caller; null for nothing.</summary>
    public string? AssertedIdentity { get; set; }

    /// <summary>Asserted identities, privacy, diversions; null for calls without any.</summary>
    public CallIdentities? Identities { get; set; }

    /// <summary>Headers that the inbound trunk lets pass, as lines; empty without any.</summary>
    public byte[] CarriedHeaders { get; set; } = [];

    /// <summary>Reason header of the best failure, as a line; empty when it had none.</summary>
    public byte[] BestReason { get; set; } = [];

    /// <summary>See <see cref="Signalling.LoopToken"/>.</summary>
    public uint LoopToken { get; set; }

    /// <summary>Branches that the call may have at once (RFC 5393 §5); -1 when the caller said nothing and we have not forked.</summary>
    public int MaxBreadth { get; set; } = -1;

    /// <summary>Branches that share <see cref="MaxBreadth"/>.</summary>
    public int BreadthShares { get; set; } = 1;

    /// <summary>The order in which the step rings contacts; null where all are as good.</summary>
    public ContactGroups? Groups { get; set; }

    /// <summary>Contacts of a 3xx that are still to be tried; null before the first.</summary>
    public Queue<Redirection>? Redirections { get; set; }

    /// <summary>Contacts of 3xx taken so far.</summary>
    public int RedirectionCount { get; set; }

    /// <summary>From of the legs we make: the caller's name and number at our address, without tag.</summary>
    public CallText CallerAddress;

    /// <summary>User part that was dialled, raw.</summary>
    public CallText CalledUser;

    /// <summary>Headers of the caller's INVITE that pass through, ready to be written.</summary>
    public CallText PassedHeaders;

    public CallTimer RingTimer { get; }

    public CallTimer AttemptTimer { get; }

    public CallTimer MaxRingingTimer { get; }

    public CallTimer DurationTimer { get; }

    public CallTimer MediaTimer { get; }

    public CallTimer ProvisionalTimer { get; }

    /// <summary>Neither a trunk, nor an account, nor one that has acknowledged: its source address may be a lie.</summary>
    public bool IsUnproven { get; set; }

    /// <summary>All legs, the caller's first.</summary>
    public int LegCount => 1 + Callees.Count;

    /// <summary>The connected party takes the caller's place and the caller its, so that the one who stays in a transfer is the one for whom is dialled.</summary>
    public void SwapRoles()
    {
        Leg connected = Connected!;
        Callees[Callees.IndexOf(connected)] = Caller;
        (Caller, Connected) = (connected, Caller);
    }

    /// <summary>Adds a leg towards a target.</summary>
    public Leg AddCallee()
    {
        Leg leg = _spareLegs.Count > 0 ? _spareLegs.Pop() : new Leg(this);
        leg.Index = Callees.Count + 1;
        Callees.Add(leg);
        return leg;
    }

    /// <summary>Back to the pool's state.</summary>
    public void Clear()
    {
        foreach (Leg leg in Callees)
        {
            Spare(leg);
        }

        Callees.Clear();
        Spare(Caller);
        Caller = _first;
        Origination = null;
        Transfer = null;
        Transfers = null;
        FirstNumber = null;
        Recordings = null;
        Control = null;
        EventSequence = 0;
        IsEndTold = HasIdKey = false;
        Id = "";
        State = CallState.Setup;
        Connected = EarlyMedia = EarlyDialog = ReInviteFrom = null;
        Plan = RoutePlan.UnknownNumber;
        StepIndex = HopIndex = StepAttempts = Attempts = 0;
        TargetIndex = -1;
        TargetsTried = HopsTried = 0;
        UriDestinations = [];
        Turn = null;
        FailoverLimit = default;
        PendingHop = default;
        InboundStatus = null;
        CountedAccount = null;
        AwaitsPrompt = IsUnproven = IsDelayedOffer = ProvisionalHadBody = ProvisionalChanged = PassesMedia = false;
        FollowUpOffers = 0;
        ProbeAt = default;
        Holds = MaxForwards = BestStatus = BestCause = ProvisionalSent = 0;
        BestContacts = [];
        BestReason = CarriedHeaders = [];
        AssertedIdentity = null;
        Identities = null;
        LoopToken = 0;
        MaxBreadth = -1;
        BreadthShares = 1;
        Groups = null;
        Redirections = null;
        RedirectionCount = 0;
        PendingClip = null;
        PendingRoom = null;
        Conference = null;
        InboundTrunk = null;
        OutboundTrunk = Account = null;
        CallerIdentity = CalledIdentity = "";
        CallerAddress.Clear();
        CalledUser.Clear();
        PassedHeaders.Clear();
    }

    private void Spare(Leg leg)
    {
        leg.Clear();
        if (!ReferenceEquals(leg, _first))
        {
            _spareLegs.Push(leg);
        }
    }
}
