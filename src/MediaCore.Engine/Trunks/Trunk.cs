using System.Collections.Immutable;
using System.Net;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Trunks.Credentials;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>A peer network: a carrier, a PBX. Immutable; a reload makes new ones.</summary>
public sealed class Trunk
{
    /// <summary>Name, unique in the configuration; label of metrics and records.</summary>
    public required string Name { get; init; }

    /// <summary>Next hops, tried in order.</summary>
    public ImmutableArray<SipPeer> Targets { get; init; } = [];

    /// <summary>Networks that calls from this trunk come from.</summary>
    public ImmutableArray<IPNetwork> From { get; init; } = [];

    /// <summary>The one of <see cref="EngineOptions.Networks"/> that it is reached over; null for the first network when it is called, and for that of the listener when it calls.</summary>
    public string? Network { get; init; }

    /// <summary>Which way its media goes.</summary>
    public TrunkMedia Media { get; init; }

    /// <summary>SRTP with this peer.</summary>
    public SrtpPolicy Srtp { get; init; }

    /// <summary>RTP and RTCP on one port with this peer.</summary>
    public RtcpMuxPolicy RtcpMux { get; init; } = RtcpMuxPolicy.Accept;

    /// <summary>Media lines beside the audio (video, fax) are relayed; otherwise they are declined.</summary>
    public bool OtherMedia { get; init; } = true;

    /// <summary>Our offers to this peer are of the profiles with feedback, RTP/AVPF and RTP/SAVPF (RFC 4585, RFC 5124).</summary>
    public bool OffersFeedback { get; init; }

    /// <summary>Its codecs, and whether they are transcoded.</summary>
    public CodecPolicy Codecs { get; init; } = CodecPolicy.Default;

    /// <summary>In which form its digits come and go.</summary>
    public DigitForm Digits { get; init; }

    /// <summary>What is looked for in the sound and digits of its calls.</summary>
    public LineDetection Detects { get; init; }

    /// <summary>Whether its calls are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>Whether its parties hear our music while they are held, where the engine has any.</summary>
    public bool MusicOnHold { get; init; } = true;

    /// <summary>
    /// Whether its media may go past us: keys are ours and the peer's, never passed on to another, so a trunk whose media is to be SRTP is anchored, as one whose digits are converted or whose sound is listened to or recorded, whatever <see cref="Media"/> says.
    /// </summary>
    public bool MayPassMedia => Media == TrunkMedia.Pass && Srtp < SrtpPolicy.Offer && Digits == DigitForm.Auto && Detects == LineDetection.None && !Record;

    /// <summary>Whether documents of every tenant may name it; else of those that the operator has allowed it to.</summary>
    public bool ForTenants { get; init; }

    /// <summary>How calls are shared among <see cref="Targets"/>.</summary>
    public TrunkSelection Selection { get; init; } = TrunkSelection.InOrder;

    /// <summary>When a call goes on to another target.</summary>
    public TrunkFailover Failover { get; init; } = TrunkFailover.Default;

    /// <summary>What it may carry.</summary>
    public TrunkLimits Limits { get; init; } = TrunkLimits.None;

    /// <summary>Whether it is believed about callers, and what it is told about them.</summary>
    public TrunkIdentity Identity { get; init; } = TrunkIdentity.Untrusted;

    /// <summary>How its numbers are rewritten; null for not at all.</summary>
    public TrunkNumbers? Numbers { get; init; }

    /// <summary>Rules on its headers; null for none.</summary>
    public TrunkHeaders? Headers { get; init; }

    /// <summary>What callers get for its refusals and redirections.</summary>
    public TrunkAnswers Answers { get; init; } = TrunkAnswers.Default;

    /// <summary>Reliable provisional responses (RFC 3262) with this peer; null for the engine's policy.</summary>
    public ReliableProvisionals? ReliableProvisionals { get; init; }

    /// <summary>Session timers (RFC 4028) with this peer; null for the engine's.</summary>
    public SessionTimerOptions? SessionTimers { get; init; }

    /// <summary>What becomes of a REFER by its parties; refused unless it is trusted to make us dial.</summary>
    public TransferPolicy Transfers { get; init; }

    /// <summary>What we prove ourselves with when it asks; null to answer no challenge.</summary>
    public TrunkCredentials? Credentials { get; init; }

    /// <summary>How we register with it; null where it knows us by our address.</summary>
    public TrunkRegistration? Registration { get; init; }

    /// <summary>How its destinations are probed; null to learn from calls alone.</summary>
    public TrunkProbe? Probe { get; init; }

    /// <summary>Next hops and registrar: what has to be resolved.</summary>
    public IEnumerable<SipPeer> Peers => Registration is null ? Targets : [.. Targets, Registration.Registrar];

    /// <summary>Whether an address is the trunk's own: of its networks, its next hops or its registrar.</summary>
    public bool Owns(in NetworkEndpoint address)
    {
        foreach (SipPeer peer in Targets)
        {
            if (IsOf(peer, address))
            {
                return true;
            }
        }

        return (Registration is { } registration && IsOf(registration.Registrar, address)) || MatchLength(address) >= 0;
    }

    private static bool IsOf(SipPeer peer, in NetworkEndpoint address)
    {
        foreach (SipDestination destination in peer.Destinations)
        {
            if (destination.Endpoint.HasSameAddress(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Length of the longest network of <see cref="From"/> that holds the address; -1 when none does.</summary>
    public int MatchLength(in NetworkEndpoint source)
    {
        int longest = -1;
        if (!From.IsEmpty)
        {
            IPAddress address = source.ToIPAddress();
            foreach (IPNetwork network in From)
            {
                if (network.PrefixLength > longest && network.Contains(address))
                {
                    longest = network.PrefixLength;
                }
            }
        }

        return longest;
    }
}
