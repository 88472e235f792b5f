using MediaCore.Engine.Relaying;
using MediaCore.Primitives;

namespace MediaCore.Control.Mapping;

/// <summary>Requests of MediaRelay, and its sessions.</summary>
internal static class RelayMapping
{
    /// <summary>An offer.</summary>
    public static RelayDescription ToOffer(V1.OfferRequest request, string owner, Problems problems) => WithOptions(
        new RelayDescription { Owner = owner, SessionId = request.SessionId, Party = request.Party, To = TextMapping.ToNullable(request.To), Sdp = request.Sdp }, request.Options, problems);

    /// <summary>An answer.</summary>
    public static RelayDescription ToAnswer(V1.AnswerDescriptionRequest request, string owner, Problems problems)
    {
        if (request.Options is { } options && (options.Encryption != V1.Encryption.Unspecified || options.Transcode.Count > 0))
        {
            problems.Add("options.encryption and options.transcode are said with an offer; what was offered is what the answer has.");
        }

        return WithOptions(
            new RelayDescription { Owner = owner, SessionId = request.SessionId, Party = request.Party, To = TextMapping.ToNullable(request.Offerer), Sdp = request.Sdp }, request.Options, problems);
    }

    /// <summary>A session.</summary>
    public static V1.RelaySession ToSession(RelaySnapshot session) => new()
    {
        SessionId = session.SessionId,
        Age = DurationMapping.ToDuration(session.Age),
        Parties = { session.Parties.Select(static party => new V1.RelayParty { Party = party.Party ?? "", TalksWith = party.TalksWith ?? "", Streams = { party.Streams.Select(ToStream) } }) },
    };

    private static V1.RelayStream ToStream(RelayStreamSnapshot stream) => new()
    {
        Kind = stream.Kind,
        Local = ToText(stream.Local),
        Remote = ToText(stream.Remote),
        PacketsReceived = stream.PacketsReceived,
        PacketsSent = stream.PacketsSent,
        PacketsLost = stream.PacketsLost,
        PacketsDropped = stream.PacketsDropped,
        Codec = stream.Codec ?? "",
        Mos = stream.Mos ?? 0,
    };

    private static string ToText(NetworkEndpoint endpoint) => endpoint.HasAddress ? endpoint.ToString() : "";

    private static RelayDescription WithOptions(RelayDescription description, V1.RelayOptions? options, Problems problems) => options is null ? description : description with
    {
        IsEncrypted = ToEncrypted(options.Encryption, problems),
        Mux = ToMux(options.RtcpMux, problems),
        Transcode = options.Transcode,
        Strip = options.Strip,
        IsStrict = options.StrictSource,
        AllowsHandover = options.Handover,
    };

    private static bool? ToEncrypted(V1.Encryption encryption, Problems problems)
    {
        switch (encryption)
        {
            case V1.Encryption.Unspecified:
                return null;
            case V1.Encryption.None:
                return false;
            case V1.Encryption.Sdes:
                return true;
            default:
                problems.Add($"options.encryption: this server knows no value {encryption:D}.");
                return null;
        }
    }

    private static RelayMux ToMux(V1.RtcpMux mux, Problems problems)
    {
        switch (mux)
        {
            case V1.RtcpMux.Unspecified:
                return RelayMux.AsOther;
            case V1.RtcpMux.Offer:
                return RelayMux.Offer;
            case V1.RtcpMux.Require:
                return RelayMux.Require;
            case V1.RtcpMux.Accept:
                return RelayMux.Accept;
            case V1.RtcpMux.Reject:
                return RelayMux.Reject;
            default:
                problems.Add($"options.rtcp_mux: this server knows no value {mux:D}.");
                return RelayMux.AsOther;
        }
    }
}
