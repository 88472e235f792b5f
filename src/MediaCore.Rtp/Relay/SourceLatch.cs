using System.Runtime.CompilerServices;
using MediaCore.Primitives;

namespace MediaCore.Rtp.Relay;

/// <summary>
/// Decides who may send on a leg and where its media goes: "learn from the first valid packets, then be strict", which answers RTP Bleed and RTP
/// injection without breaking phones behind a NAT. Give it only packets that parsed and, with SRTP, are authentic. Owned by its
/// shard; about 300 bytes inline, nothing on the heap, constant work per packet.
/// <para>
/// A source is ranked by what the peer signalled: <see cref="SourceRank.Exact"/> (address and port), <see cref="SourceRank.Address"/> (another port; or, where the signalled address is private,
/// an address that the peer is known by, see <see cref="SignalsFrom"/>), <see cref="SourceRank.Other"/>. These rules hold, in this order:
/// </para>
/// <list type="number">
/// <item>The latched source is accepted, whatever its SSRC.</item>
/// <item>Before the peer was told of the port (<see cref="IsUntold"/>) and has said where it is itself, everything is rejected: whoever sends has found the port by
/// chance, or nobody can tell yet whether it is the peer.</item>
/// <item>Without a latch, or within <see cref="LatchLimits.LearningWindow"/> of the first packet heard, <see cref="SourceRank.Exact"/> latches with its
/// first packet, and that latch is final.</item>
/// <item>Any other source has to prove a stream first: <see cref="LatchLimits.ProbationPackets"/> packets of one SSRC with rising
/// sequence numbers (<see cref="LatchLimits.SameAddressProbationPackets"/> of rank <see cref="SourceRank.Address"/>). Then it latches: at once from there, or when the signalled
/// address is private (a phone behind a NAT); from an unsignalled address while a public one was signalled, or from another loopback address while one of them was, only after the
/// window has passed without a word from there.</item>
/// <item>Before that its packets are relayed so that no audio is lost, but no more than <see cref="LatchLimits.MaxUnconfirmedPackets"/> in sum over all
/// sources, and media is never sent to them. From an unsignalled address while a public one was signalled not even those are relayed.</item>
/// <item>A proven source of higher rank takes over; of the same or a lower rank it never does. After the window that takes a whole probation of any rank.
/// So whoever got in first while the peer was silent loses as soon as the peer speaks.</item>
/// <item>With <see cref="AllowsHandover"/> any source takes over after a whole probation once the latched one has been silent for <see cref="LatchLimits.HandoverSilence"/>: phones that change their
/// network without telling. Whoever can see the silence can take the call, so it is off by default.</item>
/// <item>With <see cref="AcceptsSignalledAddressOnly"/> a source at another address never gets that far.</item>
/// <item>Everything else is rejected and counted in <see cref="RejectedPackets"/>.</item>
/// </list>
/// <para>
/// When the peer signals another endpoint (<see cref="Expect"/>), learning starts again; its old source, packets of which may be under way, is still
/// relayed during the window until another one latches, but only latches again when nothing better came. Where it was the same peer's and goes on, no <see cref="SourceRank.Other"/> takes its
/// place before it has been silent for <see cref="LatchLimits.HandoverSilence"/>.
/// </para>
/// <para>
/// What this cannot tell apart: a peer with a private address that is known by none of these, since its signalling comes by a proxy, is <see cref="SourceRank.Other"/> as anybody is, and whoever
/// sends a stream first has the leg. SRTP can.
/// </para>
/// </summary>
public struct SourceLatch
{
    private Candidates _candidates;
    private NetworkEndpoint _signalled;
    private NetworkEndpoint _source;
    private NetworkEndpoint _retired;
    private Timestamp _windowEnd;
    private Timestamp _heard;
    private bool _windowOpened;
    private bool _signalledIsPrivate;
    private bool _retiredIsPeer;

    /// <summary>Whether a source was learned.</summary>
    public bool IsLatched { get; private set; }

    /// <summary>How well the learned source fits what was signalled.</summary>
    public SourceRank Rank { get; private set; }

    /// <summary>Who may send; without an address until <see cref="IsLatched"/>.</summary>
    public readonly NetworkEndpoint Source => _source;

    /// <summary>
    /// Where to send: the learned source, before that the signalled endpoint (or, after <see cref="Expect"/>, the newly signalled one).
    /// Without an address when neither is known. <see cref="SendsToSignalled"/> and <see cref="WaitsForPeer"/> change that.
    /// </summary>
    public readonly NetworkEndpoint Destination => IsLatched ? (SendsToSignalled ? _signalled : _source) : WaitsForPeer ? default : _signalled;

    /// <summary>What the peer signalled last.</summary>
    public readonly NetworkEndpoint Signalled => _signalled;

    /// <summary>Packets of unproven sources relayed so far; never more than <see cref="LatchLimits.MaxUnconfirmedPackets"/>.</summary>
    public int UnconfirmedPackets { get; private set; }

    /// <summary>Whether another source may take over from a latched one that has fallen silent. Kept by <see cref="Reset"/>.</summary>
    public bool AllowsHandover { get; set; }

    /// <summary>
    /// The peer sends from elsewhere than it listens: media goes to where it said, whatever is learned, and since a source then gains nothing but being heard, any address may prove itself at once.
    /// Kept by <see cref="Reset"/>.
    /// </summary>
    public bool SendsToSignalled { get; set; }

    /// <summary>Nothing is sent before a source was learned: a firewall takes what comes from us first for an intruder. Kept by <see cref="Reset"/>.</summary>
    public bool WaitsForPeer { get; set; }

    /// <summary>Nothing is accepted from another address than the signalled one, however well a source proves itself. Kept by <see cref="Reset"/>.</summary>
    public bool AcceptsSignalledAddressOnly { get; set; }

    /// <summary>Our description with this port has not gone to the peer: it cannot send here yet, and whoever does is somebody else. Kept by <see cref="Reset"/>.</summary>
    public bool IsUntold { get; set; }

    /// <summary>
    /// Where the peer's signalling comes from, if that is known. Who names a private address is behind a NAT, and its packets mostly leave that by the address which its signalling has: from
    /// there a source has <see cref="SourceRank.Address"/>. Says nothing where the signalled address is a public one.
    /// </summary>
    public NetworkEndpoint SignalsFrom { get; set; }

    /// <summary>Packets rejected so far.</summary>
    public long RejectedPackets { get; private set; }

    /// <summary>Starts a leg: forgets everything.</summary>
    /// <param name="signalled">From the peer's SDP; <c>default</c> when it has not said anything yet.</param>
    public void Reset(in NetworkEndpoint signalled)
    {
        this = new SourceLatch
        {
            AllowsHandover = AllowsHandover,
            SendsToSignalled = SendsToSignalled,
            WaitsForPeer = WaitsForPeer,
            AcceptsSignalledAddressOnly = AcceptsSignalledAddressOnly,
            IsUntold = IsUntold,
            _signalled = signalled,
            _signalledIsPrivate = signalled.IsPrivate,
        };
    }

    /// <summary>Learns anew what is signalled as before: packets count for more from now on than those that were believed.</summary>
    public void Relearn()
    {
        SourceLatch before = this;
        Reset(before._signalled);
        SignalsFrom = before.SignalsFrom;
        RejectedPackets = before.RejectedPackets;
    }

    /// <summary>
    /// The peer signalled an endpoint again (a re-INVITE, UPDATE or a later answer). The same endpoint changes nothing, nor does one without an address or port or with the
    /// unspecified address (hold as in RFC 2543); another one starts the learning again. The allowance of unproven packets is not renewed.
    /// </summary>
    /// <param name="signalled">Where it is.</param>
    /// <param name="isSamePeer">Whether the source that was learned is this peer's, and not another fork's.</param>
    public void Expect(in NetworkEndpoint signalled, bool isSamePeer = false)
    {
        if (signalled == _signalled || !signalled.HasAddress || signalled.IsUnspecified || signalled.Port == 0)
        {
            return;
        }

        _signalled = signalled;
        _signalledIsPrivate = signalled.IsPrivate;
        _candidates = default;
        _windowOpened = false;
        _retiredIsPeer = isSamePeer && (IsLatched || _retiredIsPeer);
        _retired = IsLatched ? _source : _retired;
        if (signalled == _retired)
        {
            // It moved to (or back to) where it already sends from: nothing left to learn.
            Latch(signalled, SourceRank.Exact, _heard);
            return;
        }

        IsLatched = false;
        Rank = SourceRank.None;
        _source = default;
    }

    /// <summary>
    /// The verdict on a packet when its RTP header is not at hand (encrypted or not parsed): like the other overload, with every packet of a source
    /// taken as the next one of its stream.
    /// </summary>
    public LatchVerdict Inspect(in NetworkEndpoint source, Timestamp now)
    {
        if (IsLatched && source == _source)
        {
            _heard = now;
            return LatchVerdict.Accept;
        }

        return InspectOther(source, 0, 0, hasHeader: false, now);
    }

    /// <summary>The verdict on a valid RTP packet.</summary>
    /// <param name="source">Where it came from.</param>
    /// <param name="ssrc">Its SSRC.</param>
    /// <param name="sequenceNumber">Its sequence number.</param>
    /// <param name="now">When it came.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LatchVerdict Inspect(in NetworkEndpoint source, uint ssrc, ushort sequenceNumber, Timestamp now)
    {
        if (IsLatched && source == _source)
        {
            _heard = now;
            return LatchVerdict.Accept;
        }

        return InspectOther(source, ssrc, sequenceNumber, hasHeader: true, now);
    }

    /// <summary>
    /// Whether RTCP from here may be believed and relayed: from the learned (else the signalled) address, whatever the port, since RTCP has its own port
    /// without RFC 5761. RTCP never teaches the latch anything.
    /// </summary>
    public readonly bool AcceptsControlFrom(in NetworkEndpoint source)
    {
        NetworkEndpoint expected = IsLatched ? _source : _signalled;
        return (expected.HasAddress && expected.HasSameAddress(source)) || (SendsToSignalled && _signalled.HasAddress && _signalled.HasSameAddress(source));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LatchVerdict InspectOther(in NetworkEndpoint source, uint ssrc, ushort sequenceNumber, bool hasHeader, Timestamp now)
    {
        if (IsUntold || !_signalled.HasAddress || (AcceptsSignalledAddressOnly && !source.HasSameAddress(_signalled)))
        {
            return Reject();
        }

        if (!_windowOpened)
        {
            _windowOpened = true;
            _windowEnd = now + LatchLimits.LearningWindow;
            // The silence of a source that the peer may have left begins here at the earliest.
            _heard = IsLatched ? _heard : now;
        }

        SourceRank rank = RankOf(source);
        bool inWindow = now < _windowEnd;
        bool isHandover = IsLatched && AllowsHandover && now - _heard >= LatchLimits.HandoverSilence;
        if (IsLatched && !isHandover && rank <= Rank)
        {
            return Reject();
        }

        bool isEarly = inWindow || !IsLatched;
        if (rank == SourceRank.Exact && isEarly)
        {
            Latch(source, rank, now);
            return LatchVerdict.AcceptAndLearned;
        }

        int packets = Follow(source, rank, ssrc, sequenceNumber, hasHeader, now);
        bool proven = packets >= (rank == SourceRank.Address && isEarly && !isHandover ? LatchLimits.SameAddressProbationPackets : LatchLimits.ProbationPackets);
        // A loopback source is on this host, whatever address of the host it signalled: nobody on a network can send from there. Whoever signalled loopback itself has no reason to send from another address of it.
        bool isNearby = SendsToSignalled || (source.IsLoopback ? !_signalled.IsLoopback : _signalledIsPrivate);
        bool isPeerHeard = _retiredIsPeer && now - _heard < LatchLimits.HandoverSilence;
        bool mayLatch = rank switch
        {
            SourceRank.Retired => !inWindow,
            SourceRank.Other => isHandover || (!isPeerHeard && (isNearby || !inWindow)),
            _ => true,
        };

        if (proven && mayLatch)
        {
            Latch(source, rank, now);
            return LatchVerdict.AcceptAndLearned;
        }

        if (rank == SourceRank.Retired)
        {
            // It has latched by these rules, and has not been told to stop.
            _heard = now;
            return LatchVerdict.Accept;
        }

        // A latched leg has its stream, so there is no audio to lose while a better source proves itself.
        bool mayRelay = !IsLatched && (rank == SourceRank.Address || isNearby);
        if (!mayRelay || UnconfirmedPackets >= LatchLimits.MaxUnconfirmedPackets)
        {
            return Reject();
        }

        UnconfirmedPackets++;
        return LatchVerdict.Accept;
    }

    private readonly SourceRank RankOf(in NetworkEndpoint source)
    {
        if (source == _signalled)
        {
            return SourceRank.Exact;
        }

        if (source == _retired)
        {
            return SourceRank.Retired;
        }

        bool isKnown = source.HasSameAddress(_signalled)
            || (_signalledIsPrivate && (source.HasSameAddress(SignalsFrom) || (_retiredIsPeer && source.HasSameAddress(_retired))));
        return isKnown ? SourceRank.Address : SourceRank.Other;
    }

    /// <summary>Adds the packet to its source's probation and returns how many packets in a row that source has now.</summary>
    private int Follow(in NetworkEndpoint source, SourceRank rank, uint ssrc, ushort sequenceNumber, bool hasHeader, Timestamp now)
    {
        int slot = 0;
        for (int i = 0; i < LatchLimits.MaxCandidates; i++)
        {
            ref Candidate known = ref _candidates[i];
            if (known.Packets > 0 && known.Source == source)
            {
                int step = unchecked((ushort)(sequenceNumber - known.SequenceNumber));
                bool follows = !hasHeader || (ssrc == known.Ssrc && step is > 0 and <= LatchLimits.MaxProbationStep);
                known.Packets = (byte)(follows && now - known.Heard <= LatchLimits.MaxProbationPause ? Math.Min(known.Packets + 1, LatchLimits.ProbationPackets) : 1);
                known.Ssrc = ssrc;
                known.SequenceNumber = sequenceNumber;
                known.Heard = now;
                return known.Packets;
            }

            if (known.Standing < _candidates[slot].Standing)
            {
                slot = i;
            }
        }

        ref Candidate candidate = ref _candidates[slot];
        if (candidate.Packets > 0 && candidate.Rank > rank)
        {
            return 1;
        }

        candidate = new Candidate { Source = source, Rank = rank, Ssrc = ssrc, SequenceNumber = sequenceNumber, Packets = 1, Heard = now };
        return 1;
    }

    private void Latch(in NetworkEndpoint source, SourceRank rank, Timestamp now)
    {
        _heard = now;
        _source = source;
        IsLatched = true;
        _retired = default;
        _retiredIsPeer = false;
        _candidates = default;

        // One that has come back is measured by what is signalled now.
        Rank = rank == SourceRank.Retired ? RankOf(source) : rank;
    }

    private LatchVerdict Reject()
    {
        RejectedPackets++;
        return LatchVerdict.Reject;
    }

    private struct Candidate
    {
        public NetworkEndpoint Source;
        public Timestamp Heard;
        public uint Ssrc;
        public ushort SequenceNumber;
        public byte Packets;
        public SourceRank Rank;

        /// <summary>Who gives way when the slots are full: the lowest rank, within it the fewest packets.</summary>
        public readonly int Standing => Packets == 0 ? 0 : ((int)Rank * (LatchLimits.ProbationPackets + 1)) + Packets;
    }

    [InlineArray(LatchLimits.MaxCandidates)]
    private struct Candidates
    {
        private Candidate _first;
    }
}
