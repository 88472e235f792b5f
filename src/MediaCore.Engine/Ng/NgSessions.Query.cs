using System.Globalization;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Engine.Ng;

/// <summary>What <c>query</c> and <c>delete</c> answer: a session in the shape that rtpengine gives it, which Kamailio's module and users' scripts read.</summary>
internal sealed partial class NgSessions
{
    private NgDictionary Query(NgRequest request)
    {
        if (!_sessions.TryGetValue(request.CallId, out NgSession? session))
        {
            return NgAnswers.Error("Unknown call-id");
        }

        NgParty? party = session.Find(request.FromTag) ?? session.Find(request.ToTag);
        return Describe(session, party);
    }

    /// <summary>The whole session, or one party with the one it talks to.</summary>
    private NgDictionary Describe(NgSession session, NgParty? only)
    {
        NgDictionary sources = new();
        NgDictionary tags = new();
        Totals rtp = default;
        Totals rtcp = default;
        IEnumerable<NgParty> shown = only is null ? session.Parties : only.Peer is { } peer ? [only, peer] : [only];
        int untagged = 0;
        foreach (NgParty party in shown)
        {
            string key = party.Tag ?? string.Create(CultureInfo.InvariantCulture, $"<untagged {++untagged}>");
            tags.TryAdd(key, Describe(party, sources, ref rtp, ref rtcp));
        }

        return new NgDictionary
        {
            ["result"] = "ok",
            ["created"] = session.CreatedAt.ToUnixTimeSeconds(),
            ["created_us"] = session.CreatedAt.UtcTicks / 10 % 1_000_000,
            ["last signal"] = session.LastSignalAt.ToUnixTimeSeconds(),
            ["SSRC"] = sources,
            ["tags"] = tags,
            ["totals"] = new NgDictionary { ["RTP"] = rtp.ToDictionary(), ["RTCP"] = rtcp.ToDictionary() },
        };
    }

    private NgDictionary Describe(NgParty party, NgDictionary sources, ref Totals rtp, ref Totals rtcp)
    {
        NgDictionary answer = new() { ["tag"] = party.Tag ?? "" };
        if (party.ViaBranch is { } branch)
        {
            answer["via-branch"] = branch;
        }

        if (party.Label is { } label)
        {
            answer["label"] = label;
        }

        answer["created"] = party.CreatedAt.ToUnixTimeSeconds();
        if (party.Peer is { Tag: { } heard })
        {
            answer["in dialogue with"] = heard;
            answer["subscriptions"] = NgValue.Of([new NgDictionary { ["tag"] = heard, ["type"] = "offer/answer" }]);
            answer["subscribers"] = NgValue.Of([new NgDictionary { ["tag"] = heard, ["type"] = "offer/answer" }]);
        }

        List<NgValue> medias = [];
        for (int i = 0; i < party.Streams.Count; i++)
        {
            medias.Add(Describe(party, party.Streams[i], i, sources, ref rtp, ref rtcp));
        }

        answer["medias"] = NgValue.Of(medias);
        return answer;
    }

    private NgDictionary Describe(NgParty party, NgStream stream, int index, NgDictionary sources, ref Totals rtp, ref Totals rtcp)
    {
        MediaLeg leg = stream.Leg;
        NgDictionary answer = new() { ["index"] = index + 1, ["type"] = stream.Kind, ["protocol"] = NameOf(stream.Protocol) };
        List<NgValue> flags = [];
        if (leg.Port is not null)
        {
            flags.Add("initialized");
            AddFlag(flags, stream.Direction is MediaDirection.SendRecv or MediaDirection.RecvOnly, "send");
            AddFlag(flags, stream.Direction is MediaDirection.SendRecv or MediaDirection.SendOnly, "recv");
            AddFlag(flags, stream.IsMuxed, "rtcp-mux");
            AddFlag(flags, leg.Security is not null, "SDES");
            AddFlag(flags, party.IsBlocked, "blocked");
            Totals received = new(leg.Received.Packets, leg.Received.Bytes, leg.Latch.RejectedPackets);
            Totals control = new(leg.Reports?.Datagrams ?? 0, leg.Reports?.Bytes ?? 0, 0);
            rtp.Add(received);
            rtcp.Add(control);
            answer["streams"] = NgValue.Of(
            [
                Describe(leg, leg.Port.LocalRtp, leg.Latch.Destination, stream.Signalled, isRtcp: false, stream, received, _context.WallClock - (_context.Now - leg.LastHeard)),
                Describe(leg, stream.IsMuxed ? leg.Port.LocalRtp : leg.Port.LocalRtcp, leg.RemoteRtcp, stream.SignalledRtcp, isRtcp: true, stream, control, leg.Reports?.LastHeard is { } heard ? _context.WallClock - (_context.Now - heard) : party.CreatedAt),
            ]);
            if (leg.Received.Packets > 0)
            {
                sources.TryAdd(leg.Received.Ssrc.ToString(CultureInfo.InvariantCulture), DescribeSource(leg));
            }
        }
        else
        {
            answer["streams"] = NgValue.Of([]);
        }

        answer["flags"] = NgValue.Of(flags);
        return answer;
    }

    private static NgDictionary Describe(MediaLeg leg, in NetworkEndpoint local, in NetworkEndpoint remote, in NetworkEndpoint signalled, bool isRtcp, NgStream stream, in Totals totals, DateTimeOffset lastPacket)
    {
        List<NgValue> flags = [isRtcp ? "RTCP" : "RTP"];
        AddFlag(flags, signalled.HasAddress, "filled");
        AddFlag(flags, !isRtcp && leg.Latch.IsLatched, "confirmed");
        AddFlag(flags, isRtcp && stream.IsMuxed, "rtcp-mux");
        AddFlag(flags, leg.Security is not null, "SRTP");
        return new NgDictionary
        {
            ["local port"] = local.Port,
            ["local address"] = AddressOf(local),
            ["family"] = local.IsIPv6 ? "IPv6" : "IPv4",
            ["endpoint"] = Describe(remote),
            ["advertised endpoint"] = Describe(signalled),
            ["last packet"] = lastPacket.ToUnixTimeSeconds(),
            ["flags"] = NgValue.Of(flags),
            ["stats"] = totals.ToDictionary(),
        };
    }

    private static NgDictionary Describe(in NetworkEndpoint endpoint) => !endpoint.HasAddress
        ? new NgDictionary()
        : new NgDictionary { ["family"] = endpoint.IsIPv6 ? "IPv6" : "IPv4", ["address"] = AddressOf(endpoint), ["port"] = endpoint.Port };

    /// <summary>How good a party's stream is: tenths of MOS, milliseconds, percent, as rtpengine has them. What it reckons from the peers' reports is measured here.</summary>
    private static NgDictionary DescribeSource(MediaLeg leg)
    {
        NgDictionary answer = new() { ["packets"] = leg.Received.Packets, ["bytes"] = leg.Received.Bytes, ["packets lost"] = leg.Received.Lost };
        if (leg.Reports?.GetQuality() is { Mos: { } mos } quality)
        {
            answer["average MOS"] = DescribeQuality(leg, quality, mos);
            answer["lowest MOS"] = DescribeQuality(leg, quality, quality.WorstMos ?? mos);
        }

        return answer;
    }

    private static NgDictionary DescribeQuality(MediaLeg leg, MediaQuality quality, double mos) => new()
    {
        ["MOS"] = (long)Math.Round(mos * 10),
        ["round-trip time"] = (long)((quality.RoundTripMilliseconds ?? 0) * 1000),
        ["jitter"] = (long)Math.Round(leg.Received.JitterMilliseconds),
        ["packet loss"] = (long)Math.Round(quality.LossPercent),
        ["samples"] = leg.Received.Packets,
    };

    private static void AddFlag(List<NgValue> flags, bool isSet, string name)
    {
        if (isSet)
        {
            flags.Add(name);
        }
    }

    private static string AddressOf(in NetworkEndpoint endpoint)
    {
        Span<byte> text = stackalloc byte[NetworkEndpoint.MaxTextBytes];
        return endpoint.TryFormatAddress(text, brackets: false, out int length) ? System.Text.Encoding.ASCII.GetString(text[..length]) : "";
    }

    private static string NameOf(SdpProtocol protocol) => protocol switch
    {
        SdpProtocol.RtpAvp => "RTP/AVP",
        SdpProtocol.RtpAvpf => "RTP/AVPF",
        SdpProtocol.RtpSavp => "RTP/SAVP",
        SdpProtocol.RtpSavpf => "RTP/SAVPF",
        SdpProtocol.Udptl => "udptl",
        _ => "unknown",
    };

    private record struct Totals(long Packets, long Bytes, long Errors)
    {
        public void Add(in Totals other) => this = new Totals(Packets + other.Packets, Bytes + other.Bytes, Errors + other.Errors);

        public readonly NgDictionary ToDictionary() => new() { ["packets"] = Packets, ["bytes"] = Bytes, ["errors"] = Errors };
    }
}
