using System.Globalization;
using System.Text.Json.Nodes;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Ng;

/// <summary>The same requests to rtpengine and to us: answers agree in all that a proxy or a phone acts on.</summary>
public class NgComparisonTests
{
    private const string Voice = "a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";

    private static string Sdp(string protocol = "RTP/AVP", string formats = "0 8 101", string lines = Voice, string more = "", string session = "") =>
        $"v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n{session}m=audio 6000 {protocol} {formats}\r\n{lines}{more}";

    private static readonly (string Name, JsonObject Offer, string AnswerSdp)[] s_calls =
    [
        ("plain", new JsonObject { ["sdp"] = Sdp() }, Sdp(formats: "8 101")),
        ("as Kamailio asks", new JsonObject { ["sdp"] = Sdp(), ["replace"] = new JsonArray("origin", "session-connection"), ["ICE"] = "remove" }, Sdp(formats: "0")),
        ("ICE and BUNDLE taken out", new JsonObject
        {
            ["sdp"] = Sdp(
                session: "a=group:BUNDLE 0 1\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n",
                lines: "a=mid:0\r\na=candidate:1 1 UDP 2130706431 127.0.0.2 6000 typ host\r\n" + Voice,
                more: "m=video 6100 RTP/AVP 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\nm=image 6200 udptl t38\r\na=T38FaxVersion:0\r\n"),
            ["ICE"] = "remove",
        }, Sdp(lines: "a=mid:0\r\n" + Voice, more: "m=video 0 RTP/AVP 96\r\nm=image 6202 udptl t38\r\n")),
        ("SDES towards the callee", new JsonObject { ["sdp"] = Sdp(), ["transport-protocol"] = "RTP/SAVP", ["DTLS"] = "off" },
            Sdp("RTP/SAVP", "0", "a=crypto:@TAG@ AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\na=ptime:20\r\n")),
        ("SDES of the caller", new JsonObject { ["sdp"] = Sdp("RTP/SAVP", lines: "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n" + Voice), ["transport-protocol"] = "RTP/AVP" }, Sdp(formats: "0")),
        ("hold", new JsonObject { ["sdp"] = Sdp(lines: "a=sendonly\r\n" + Voice) }, Sdp(lines: "a=recvonly\r\n" + Voice)),
        ("mux offered", new JsonObject { ["sdp"] = Sdp(), ["rtcp-mux"] = new JsonArray("offer") }, Sdp()),
        ("mux taken apart", new JsonObject { ["sdp"] = Sdp(lines: "a=rtcp-mux\r\n" + Voice), ["rtcp-mux"] = new JsonArray("demux") }, Sdp()),
        ("mux passed on", new JsonObject { ["sdp"] = Sdp(lines: "a=rtcp-mux\r\n" + Voice) }, Sdp(lines: "a=rtcp-mux\r\n" + Voice)),
        ("codec stripped", new JsonObject { ["sdp"] = Sdp(), ["codec"] = new JsonObject { ["strip"] = new JsonArray("PCMU") } }, Sdp(formats: "8 101")),
        ("packet time", new JsonObject { ["sdp"] = Sdp(), ["ptime"] = 30 }, Sdp(lines: "a=rtpmap:101 telephone-event/8000\r\na=ptime:30\r\n")),
        ("media address", new JsonObject { ["sdp"] = Sdp(), ["media-address"] = "203.0.113.9" }, Sdp()),
        ("declined", new JsonObject { ["sdp"] = Sdp().Replace("m=audio 6000", "m=audio 0", StringComparison.Ordinal) }, Sdp().Replace("m=audio 6000", "m=audio 0", StringComparison.Ordinal)),
        ("no description", new JsonObject { ["sdp"] = "hello" }, "hello"),
    ];

    [Fact]
    public async Task OffersAnswersAndEnds_AreAnsweredAlike()
    {
        int ours = FreePorts.Next();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync($$"""
            "numbers": { "enabled": false }, "ng": { "listen": "udp://127.0.0.1:{{ours}}" }
            """);
        await using RtpengineRelay rtpengine = await RtpengineRelay.StartAsync();
        using NgClient us = new(ours);
        using NgClient them = new(rtpengine.NgPort);
        List<string> differences = [];
        foreach ((string name, JsonObject offer, string answerSdp) in s_calls)
        {
            string[] tags = new string[2];
            int side = 0;
            JsonObject Make(string command)
            {
                JsonObject message = command == "offer" ? offer.DeepClone().AsObject() : command == "answer" ? new JsonObject { ["sdp"] = answerSdp.Replace("@TAG@", tags[side], StringComparison.Ordinal) } : [];
                if (command == "answer" && offer["ICE"] is { } ice)
                {
                    message["ICE"] = ice.DeepClone();
                }

                message["command"] = command;
                message["call-id"] = name;
                message["from-tag"] = "A";
                if (command != "offer")
                {
                    message["to-tag"] = "B";
                }

                return message;
            }

            foreach (string command in new[] { "offer", "answer", "query", "delete" })
            {
                JsonObject[] answers = new JsonObject[2];
                for (int i = 0; i < 2; i++)
                {
                    answers[i] = await (i == 0 ? us : them).AskAsync(Make(command));
                    tags[i] = command == "offer" ? FindTag((string?)answers[i]["sdp"] ?? "") : tags[i];
                    side = i + 1;
                }

                side = 0;
                (string a, string b) = (Summarize(answers[0]), Summarize(answers[1]));
                if (a != b)
                {
                    differences.Add($"{name}, {command}:\n  we:   {a}\n  they: {b}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>The tag that an offer gave the suite which the answers choose.</summary>
    private static string FindTag(string sdp) =>
        sdp.Split("\r\n").FirstOrDefault(static l => l.Contains(" AES_CM_128_HMAC_SHA1_80 ", StringComparison.Ordinal))?.Split(':', ' ')[1] ?? "1";

    /// <summary>What somebody acts on: result, and of a description where, what and how; of a session its parties and the keys of their streams.</summary>
    private static string Summarize(JsonObject answer)
    {
        string summary = (string?)answer["result"] ?? "?";
        if ((string?)answer["sdp"] is { } sdp)
        {
            foreach (string line in sdp.Split("\r\n"))
            {
                string[] fields = line.Split(' ');
                summary += line switch
                {
                    ['c', ..] => " " + line,
                    ['o', ..] => " " + fields[^1],
                    ['m', ..] => $" {fields[0]} {(fields[1] == "0" ? "declined" : "port")} {string.Join(' ', fields[2..])}",
                    // Of declined streams rtpengine drops all attributes, and keeps mid.
                    _ when line is "a=rtcp-mux" or "a=sendonly" or "a=recvonly" or "a=inactive" || line.StartsWith("a=ptime", StringComparison.Ordinal) => " " + line,
                    _ when line.StartsWith("a=crypto", StringComparison.Ordinal) && !summary.Contains("keys", StringComparison.Ordinal) => " a=keys",
                    _ when line.Contains("candidate", StringComparison.Ordinal) || line.Contains("BUNDLE", StringComparison.Ordinal) => " " + line,
                    _ => "",
                };
            }

            // Attributes stand in any order.
            return string.Join(' ', summary.Split(" a=").Order(StringComparer.Ordinal));
        }

        foreach ((string tag, JsonNode? party) in answer["tags"]?.AsObject().OrderBy(static t => t.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, JsonNode?>>())
        {
            summary += $" {tag}:";
            foreach (JsonNode? media in party!["medias"]!.AsArray())
            {
                string[] wanted = ["local port", "family", "endpoint", "advertised endpoint", "last packet", "flags", "stats"];
                summary += $"{(int?)media!["index"]}{(string?)media["type"]}{string.Create(CultureInfo.InvariantCulture, $"{media["streams"]!.AsArray().Count(s => wanted.All(k => s![k] is not null))}")}";
            }
        }

        return summary + (answer["totals"]?["RTP"]?["packets"] is null ? "" : " totals");
    }
}
