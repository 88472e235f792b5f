using MediaCore.Engine.Calls;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Recordings;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>One <c>m=</c> line as far as one party is concerned: the ports that face it, and what was agreed on with it. Owned by its shard.</summary>
internal sealed class NgStream : IAudioTermsSource
{
    /// <summary>The formats of the party's own description; empty where it is no audio.</summary>
    public AudioFormatList Remote;

    /// <summary>The formats of the description that it got last.</summary>
    public AudioFormatList Local;

    /// <summary>The formats to be described to it in place of those of the other side, who has others; empty for the other side's.</summary>
    public AudioFormatList Answered;

    /// <summary>The formats to be offered to it beside those of the other side.</summary>
    public AudioFormatList Added;

    /// <summary>The keys that the party has offered and that wait for our answer.</summary>
    public CryptoAttributeList Offered;

    /// <param name="isOpaque">What goes through is no RTP and passes as it is.</param>
    public NgStream(bool isOpaque) => Leg = new MediaLeg { Owner = this, IsOpaque = isOpaque };

    /// <summary>A draft of what a stream is to be once an offer is answered, at the same ports.</summary>
    public NgStream(NgStream stream)
    {
        Leg = stream.Leg;
        IsCopy = true;
        Take(stream);
    }

    /// <summary>Whether it only says what another one is to be: the leg is the other one's.</summary>
    public bool IsCopy { get; }

    /// <summary>The ports that face the party; without a port where the line is declined.</summary>
    public MediaLeg Leg { get; }

    /// <summary>Our own keys towards the party; null where there never were any.</summary>
    public LegKeys? Keys { get; set; }

    /// <summary>What is recorded of it; null for nothing.</summary>
    public CallRecording? Recording { get; set; }

    /// <summary>The media type as written.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The protocol between the party and us.</summary>
    public SdpProtocol Protocol { get; set; }

    /// <summary>Whether the party was the offerer when this was last described: its keys and muxing are answered, not offered.</summary>
    public bool IsOfferer { get; set; }

    /// <summary>Who may send, as the party said last.</summary>
    public MediaDirection Direction { get; set; } = MediaDirection.SendRecv;

    /// <summary>Where the party said that it listens.</summary>
    public NetworkEndpoint Signalled { get; set; }

    /// <summary>The same for RTCP.</summary>
    public NetworkEndpoint SignalledRtcp { get; set; }

    /// <summary>Where the party's signalling came from, as the controller says; none where it does not.</summary>
    public NetworkEndpoint SignalsFrom { get; set; }

    /// <summary>Whether the party's description had <c>a=rtcp-mux</c>.</summary>
    public bool HasMux { get; set; }

    /// <summary>Whether our last offer to the party had <c>a=rtcp-mux</c>.</summary>
    public bool WasOfferedMux { get; set; }

    /// <summary>Empty packets go to the party until something comes from it.</summary>
    public bool IsPierced { get; set; }

    /// <summary>How the party sends and is sent to: those of the request's words that are about it.</summary>
    public NgFlags Ways { get; set; }

    /// <summary>The party has described it, and the leg has not been told.</summary>
    public bool IsNew { get; set; }

    /// <summary>Clock of the party's first format that has a name, in Hz; 0 where none has.</summary>
    public uint ClockRateHz { get; set; }

    /// <summary>Duration of the party's packets as it said, in ms; 0 when it did not.</summary>
    public int SaidMilliseconds { get; set; }

    /// <summary>Whether RTCP shares the port with the party.</summary>
    public bool IsMuxed { get; set; }

    /// <summary>Packet time that the party is to be told and sent, in ms; 0 for what the other side says.</summary>
    public int PtimeMilliseconds { get; set; }

    /// <summary>The other side is decoded for the party whatever it speaks.</summary>
    public bool AlwaysTranscodes { get; set; }

    /// <summary>Whether it is RTP.</summary>
    public bool IsRtp => Protocol is SdpProtocol.RtpAvp or SdpProtocol.RtpAvpf or SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf;

    /// <summary>Becomes what another one says; leg and recording are its own.</summary>
    public void Take(NgStream other)
    {
        (Remote, Local, Answered, Added, Offered, Keys) = (other.Remote, other.Local, other.Answered, other.Added, other.Offered, other.Keys);
        (Kind, Protocol, IsOfferer, Direction) = (other.Kind, other.Protocol, other.IsOfferer, other.Direction);
        (Signalled, SignalledRtcp, SignalsFrom) = (other.Signalled, other.SignalledRtcp, other.SignalsFrom);
        (HasMux, WasOfferedMux, IsMuxed) = (other.HasMux, other.WasOfferedMux, other.IsMuxed);
        (Ways, IsNew, IsPierced) = (other.Ways, other.IsNew, other.IsPierced);
        (ClockRateHz, SaidMilliseconds, PtimeMilliseconds, AlwaysTranscodes) = (other.ClockRateHz, other.SaidMilliseconds, other.PtimeMilliseconds, other.AlwaysTranscodes);
    }

    /// <summary>Back to the state of a new one; its leg is closed.</summary>
    public void Clear()
    {
        Leg.Clear();
        Remote = Local = Answered = Added = default;
        Offered.Clear();
        Keys?.Clear();
        Keys = null;
        Kind = "";
        Protocol = SdpProtocol.Unknown;
        Direction = MediaDirection.SendRecv;
        Signalled = SignalledRtcp = SignalsFrom = default;
        IsOfferer = HasMux = WasOfferedMux = IsMuxed = AlwaysTranscodes = IsPierced = IsNew = false;
        Ways = NgFlags.None;
        ClockRateHz = 0;
        PtimeMilliseconds = SaidMilliseconds = 0;
    }

    bool IAudioTermsSource.TryGetTerms(MediaLeg leg, ref AudioTerms terms)
    {
        terms.Receive = Local;

        // What an offerer may be sent is what it was answered, under its own numbers; an answerer says so itself.
        terms.Send = IsOfferer ? Local : Remote;
        terms.PacketMilliseconds = PtimeMilliseconds != 0 ? PtimeMilliseconds : leg.PacketMilliseconds;
        terms.MaxPacketMilliseconds = 0;
        terms.MayBeSent = Direction is MediaDirection.SendRecv or MediaDirection.RecvOnly && !Signalled.IsUnspecified;
        return terms.Receive.Count > 0 && terms.Send.Count > 0;
    }

    /// <summary>Whether it is SRTP.</summary>
    public bool IsSecure => Protocol is SdpProtocol.RtpSavp or SdpProtocol.RtpSavpf;

    /// <summary>Whether packets are expected from the party: there is a port, and it has not said that it is silent.</summary>
    public bool MaySend => Leg.Port is not null && Direction is MediaDirection.SendRecv or MediaDirection.SendOnly;
}
