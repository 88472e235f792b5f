using System.Text;
using System.Text.Json;
using MediaCore.Primitives;
using MediaCore.Tests;
using Xunit.Abstractions;

namespace MediaCore.Sdp.Tests;

/// <summary>Bodies that others wrote. Where the data is missing each test says what it left out and passes on what the other classes hold.</summary>
public sealed class SdpCorpusTests(ITestOutputHelper output)
{
    private static readonly NetworkEndpoint _ours = NetworkEndpoint.FromBytes([203, 0, 113, 5], 30000);

    [Fact]
    public void SdpTransform_AllParseExceptInvalid()
    {
        foreach ((string name, byte[] body) in Read("sdp-transform", 13))
        {
            SdpDescription sdp = new();
            bool parsed = SdpHostileTests.Exercise(sdp, body);
            Assert.True(parsed == (name != "invalid.sdp"), $"{name}: {sdp.Error} in line {sdp.ErrorLine}");
        }
    }

    [Fact]
    public void Pjsip_AllParse()
    {
        foreach ((string name, byte[] body) in Read("pjsip-sdp", 3))
        {
            SdpDescription sdp = new();
            Assert.True(SdpHostileTests.Exercise(sdp, body), $"{name}: {sdp.Error} in line {sdp.ErrorLine}");
        }
    }

    [Fact]
    public void Webrtc_AllParse_AndUnknownAttributesAreKept()
    {
        foreach ((string name, byte[] file) in Read("webrtc-fuzz", 7))
        {
            // Two of them are the media section alone.
            byte[] body = file[0] == 'm' ? [.. SdpText.Session(), .. file] : file;
            SdpDescription sdp = new();
            Assert.True(SdpHostileTests.Exercise(sdp, body), $"{name}: {sdp.Error} in line {sdp.ErrorLine}");
            string[] written = [.. Encoding.Latin1.GetString(body).Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.StartsWith("a=", StringComparison.Ordinal))];
            Assert.Equal(written, AllAttributes(sdp));
        }
    }

    [Theory]
    [InlineData("mozilla-webrtc-sdp", 20)]
    [InlineData("osip", 9)]
    [InlineData("pjsip-sdes", 8)]
    public void OddBodies_ParseOrGiveAReason(string folder, int count)
    {
        SdpDescription sdp = new();
        foreach ((string name, byte[] body) in Read(folder, count))
        {
            bool parsed = SdpHostileTests.Exercise(sdp, body);
            output.WriteLine($"{folder}/{name}: {(parsed ? "parsed" : $"{sdp.Error} in line {sdp.ErrorLine}")}");
            Assert.Equal(parsed, sdp.Error == SdpParseError.None);
        }
    }

    /// <summary>Bodies between lines that start with a bar; two of them lack <c>s=</c>, three have a port of six digits, which is mended here.</summary>
    [Fact]
    public void Osip_TortureBodies_AllParseOnceTheirPortsAreMended()
    {
        SdpDescription sdp = new();
        foreach ((string _, byte[] file) in Read("osip", 9).Where(file => file.Name == "torture_sdps"))
        {
            int count = 0;
            StringBuilder body = new();
            foreach (string line in Encoding.Latin1.GetString(file).Replace("492170", "49217", StringComparison.Ordinal).Split('\n'))
            {
                if (!line.StartsWith('|'))
                {
                    body.Append(line).Append('\n');
                    continue;
                }

                Assert.True(SdpHostileTests.Exercise(sdp, Encoding.Latin1.GetBytes(body.ToString())), $"{sdp.Error} in line {sdp.ErrorLine} of {body}");
                body.Clear();
                count++;
            }

            Assert.Equal(15, count);
        }
    }

    [Fact]
    public void JanusTimeout_EndsAtOnce_WholeOrCutToOurLimit()
    {
        SdpDescription sdp = new();
        foreach ((string name, byte[] body) in Read("janus-sdp-timeouts", 1))
        {
            Assert.False(sdp.TryParse(body, 0, body.Length));
            Assert.Equal(SdpParseError.TooLarge, sdp.Error);

            // What was slow is the second line; behind a version line that is right it gets as far as it can.
            byte[] cut = [.. "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"u8, .. body.AsSpan(body.AsSpan().IndexOf((byte)'\n') + 1)];
            byte[] longest = cut[..SdpLimits.MaxSdpBytes];
            SdpHostileTests.AssertFast(() => SdpHostileTests.Exercise(sdp, longest), name);
        }
    }

    [Fact]
    public void Attacks_WithBodies_AreRefusedOrBounded()
    {
        Dictionary<string, string> expected = new()
        {
            ["es2018-02-sdp-fmtp-nul.sip"] = "IllegalByte",
            ["es2018-03-sdp-payload-2pow32.sip"] = "NoUsableFormat",
            ["es2020-03-sdp-media-type-1024.sip"] = "MalformedMedia",
            ["sdp-1000-media.sip"] = "TooLarge",
            ["sdp-connection-thirdparty.sip"] = "None",
        };
        string? folder = SharedData.TryGetPath("attacks", "messages");
        if (folder is null)
        {
            output.WriteLine($"left out: {expected.Count} attack messages, no test data on this machine");
            return;
        }

        SdpDescription sdp = new();
        foreach ((string file, string verdict) in expected)
        {
            byte[] message = File.ReadAllBytes(Path.Combine(folder, file));
            int body = message.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            string found = !sdp.TryParse(message, body, message.Length - body) ? sdp.Error.ToString()
                : OfferAnswer.TryReadAudio(sdp, out _, out OfferAnswerError error) ? "None"
                : error.ToString();
            Assert.True(verdict == found, $"{file}: {found}");
        }
    }

    [Fact]
    public void Rtpengine_Bodies_AreReadAndOurRewritingIsReadable()
    {
        string? path = SharedData.TryGetPath("sdp-corpus", "rtpengine-offer-answer", "exchanges.json");
        if (path is null)
        {
            output.WriteLine("left out: the rtpengine exchanges, no test data on this machine");
            return;
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        SdpDescription sdp = new();
        int count = 0;
        int audio = 0;
        List<string> refused = [];
        foreach (JsonElement exchange in json.RootElement.GetProperty("exchanges").EnumerateArray())
        {
            byte[] body = Encoding.UTF8.GetBytes(exchange.GetProperty("sdp_in").GetString()!);
            count++;
            if (!SdpHostileTests.Exercise(sdp, body))
            {
                refused.Add($"{exchange.GetProperty("label")}: {sdp.Error} in line {sdp.ErrorLine}");
                continue;
            }

            audio += OfferAnswer.TryReadAudio(sdp, out _, out _) ? 1 : 0;
        }

        output.WriteLine($"{count} bodies, {audio} with audio for a plain relay, refused: {string.Join("; ", refused)}");
        Assert.Empty(refused);
        Assert.True(audio > count / 2, $"{audio} of {count}");
    }

    /// <summary>The flows name hosts; a relay wants addresses, so they stand in for them here.</summary>
    [Fact]
    public void Rfc4317_Flows_HoldTheRulesOfOfferAndAnswer()
    {
        string? folder = SharedData.TryGetPath("sdp-corpus", "rfc4317");
        if (folder is null)
        {
            output.WriteLine("left out: 8 flows of RFC 4317, no test data on this machine");
            return;
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "flows.json")));
        int exchanges = 0;
        foreach (JsonElement flow in json.RootElement.GetProperty("flows").EnumerateArray())
        {
            foreach (JsonElement exchange in flow.GetProperty("exchanges").EnumerateArray())
            {
                byte[] offer = WithAddresses(Path.Combine(folder, exchange.GetProperty("offer").GetString()!));
                byte[] answer = WithAddresses(Path.Combine(folder, exchange.GetProperty("answer").GetString()!));
                CheckExchange(flow.GetProperty("flow").GetString()!, offer, answer);
                exchanges++;
            }
        }

        Assert.Equal(14, exchanges);
    }

    private static void CheckExchange(string flow, byte[] offerBody, byte[] answerBody)
    {
        SdpDescription offerSdp = SdpText.Parse(offerBody);
        SdpDescription answerSdp = SdpText.Parse(answerBody);
        Assert.True(offerSdp.MediaCount == answerSdp.MediaCount, flow);
        for (int i = 0; i < offerSdp.MediaCount; i++)
        {
            Assert.Equal(offerSdp.GetMedia(i).Kind, answerSdp.GetMedia(i).Kind);
            MediaDirection allowed = OfferAnswer.Reverse(offerSdp.GetMedia(i).Direction);
            Assert.Equal(answerSdp.GetMedia(i).Direction, answerSdp.GetMedia(i).Direction & allowed);
        }

        Assert.True(OfferAnswer.TryReadAudio(offerSdp, out AudioDescription offer, out OfferAnswerError error), $"{flow}: offer {error}");
        Assert.True(OfferAnswer.TryReadAudio(answerSdp, out AudioDescription answer, out error), $"{flow}: answer {error}");
        Assert.Equal(offer.AudioIndex, answer.AudioIndex);
        Assert.True(OfferAnswer.TryAcceptAnswer(offer.Formats, answer.Formats, out AudioFormatList accepted), flow);
        Assert.True(accepted.SequenceEqual(answer.Formats), $"{flow}: {SdpText.Describe(accepted)}");

        // And what we ourselves would answer when G.711 was offered.
        if (!OfferAnswer.TryAnswer(offer, AudioFormatList.CreateG711(), MediaDirection.SendRecv, _ours, _ours.WithPort(30001), false, out AudioDescription ours))
        {
            Assert.Equal(0, OfferAnswer.KnownOnly(offer.Formats).Count);
            return;
        }

        SdpDescription written = SdpText.Parse(Encoding.Latin1.GetBytes(SdpText.Compose(ours, new SdpSession(1, 1, _ours), offerSdp)));
        Assert.Equal(offerSdp.MediaCount, written.MediaCount);
        for (int i = 0; i < written.MediaCount; i++)
        {
            Assert.Equal(i == offer.AudioIndex ? 30000 : 0, written.GetMedia(i).Port);
            Assert.Equal(offerSdp.GetMedia(i).Kind, written.GetMedia(i).Kind);
            Assert.Equal(offerSdp.GetMedia(i).Protocol, written.GetMedia(i).Protocol);
        }
    }

    private static byte[] WithAddresses(string path) => Encoding.Latin1.GetBytes(string.Join(
        "\r\n",
        File.ReadAllText(path, Encoding.Latin1).Split("\r\n").Select(line => line.StartsWith("c=IN IP4 ", StringComparison.Ordinal) && line.EndsWith(".com", StringComparison.Ordinal) ? "c=IN IP4 198.51.100.1" : line)));

    private static List<string> AllAttributes(SdpDescription sdp)
    {
        List<string> attributes = [];
        foreach (SdpLine line in sdp.SessionAttributes)
        {
            attributes.Add("a=" + SdpText.String(line.Value));
        }

        for (int i = 0; i < sdp.MediaCount; i++)
        {
            foreach (SdpLine line in sdp.GetMedia(i).Attributes)
            {
                attributes.Add("a=" + SdpText.String(line.Value));
            }
        }

        return attributes;
    }

    private IEnumerable<(string Name, byte[] Body)> Read(string folder, int count)
    {
        string? path = SharedData.TryGetPath("sdp-corpus", folder);
        if (path is null)
        {
            output.WriteLine($"left out: {count} bodies of {folder}, no test data on this machine");
            return [];
        }

        (string Name, byte[] Body)[] files = [.. Directory.GetFiles(path).Where(file => !file.EndsWith("LICENSE", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))];
        Assert.Equal(count, files.Length);
        return files;
    }
}
