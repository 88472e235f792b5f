using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Audio.Tones;
using MediaCore.Audio.Wave;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Ng;

/// <summary>What a controller does to the sound of a session, over the socket: a digit, a file and a recording.</summary>
public class NgMediaTests
{
    private const int RateHz = 8000;

    [Fact]
    public async Task ADigitAFileAndARecording_ReachTheParty_TheOtherSide_AndTheDisk()
    {
        int port = FreePorts.Next();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync($$"""
            "numbers": { "enabled": false }, "recording": {}, "ng": { "listen": "udp://127.0.0.1:{{port}}" }
            """);
        string prompts = Directory.CreateDirectory(Path.Combine(server.Folder, "data", "prompts")).FullName;
        short[] tone = new short[RateHz * 2];
        new ToneGenerator(new Tone(new ToneSegment(0, 2000))).Generate(tone);
        await File.WriteAllBytesAsync(Path.Combine(prompts, "welcome.wav"), WaveWriter.ToArray(tone, RateHz));
        using NgClient client = new(port);
        await using RtpEndpoint caller = new(450, 1);
        await using RtpEndpoint callee = new(1000, 2);
        JsonObject offer = await AskAsync(client, "offer", ("from-tag", "a"), ("sdp", SdpText.Audio(caller.Port, "0 101")));
        JsonObject answer = await AskAsync(client, "answer", ("from-tag", "a"), ("to-tag", "b"), ("sdp", SdpText.Audio(callee.Port, "0 101")));
        callee.Remote = new IPEndPoint(IPAddress.Loopback, PortIn(offer));
        caller.Remote = new IPEndPoint(IPAddress.Loopback, PortIn(answer));

        await AskAsync(client, "start recording");
        await RtpEndpoint.SpeakAsync([caller, callee], 75);
        await AskAsync(client, "play DTMF", ("from-tag", "a"), ("code", "7"));
        await Eventually.IsAsync(() => callee.Digits.Length, static n => n == 1, "the digit at the other side");
        Assert.Equal(7, callee.Digits[0]);
        Assert.Empty(caller.Digits);

        JsonObject playing = await AskAsync(client, "play media", ("from-tag", "a"), ("file", "welcome.wav"));
        Assert.Equal(2000, (int)playing["duration"]!);
        await Eventually.IsAsync(() => Parts(caller.Heard).Count(part => Goertzel.IsTone(part, 2000)), static n => n >= 5, "the file at the caller's");
        Assert.True((int)(await AskAsync(client, "stop media", ("from-tag", "a")))["last-frame-pos"]! > 0);
        Assert.DoesNotContain(Parts(callee.Heard), static part => Goertzel.IsTone(part, 2000));

        await AskAsync(client, "stop recording");
        string recordings = Path.Combine(server.Folder, "data", "recordings");
        string[] described = await Eventually.IsAsync(
            () => Directory.Exists(recordings) ? Directory.GetFiles(recordings, "*.json", SearchOption.AllDirectories) : [], static files => files.Length == 1, "the recording is saved");
        using JsonDocument description = JsonDocument.Parse(await File.ReadAllBytesAsync(described[0]));
        Assert.Equal("saved", description.RootElement.GetProperty("status").GetString());
        Assert.True(WaveFile.TryRead(await File.ReadAllBytesAsync(described[0][..^".json".Length]), out WaveFile? recorded, out _));
        Assert.Contains(Parts(recorded.Samples), static part => Goertzel.LevelDbm0(part, 450) > -25);
        await AskAsync(client, "delete", ("from-tag", "a"));
        Assert.Equal(0, await server.ReadMetricAsync("mediacore_ng_sessions"));

        // A file that is not there, and one that is none of ours, are errors and no more.
        JsonObject missing = await client.AskAsync(new JsonObject { ["command"] = "play media", ["call-id"] = "c1", ["from-tag"] = "a", ["file"] = "../welcome.wav" });
        Assert.Equal("error", (string?)missing["result"]);
    }

    private static async Task<JsonObject> AskAsync(NgClient client, string command, params (string Key, string Value)[] members)
    {
        JsonObject message = new() { ["command"] = command, ["call-id"] = "c1" };
        foreach ((string key, string value) in members)
        {
            message[key] = value;
        }

        JsonObject answer = await client.AskAsync(message);
        Assert.True((string?)answer["result"] == "ok", answer.ToJsonString());
        return answer;
    }

    private static int PortIn(JsonObject answer) => int.Parse(((string)answer["sdp"]!).Split("m=audio ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<short[]> Parts(short[] sound) => sound.Chunk(RateHz / 10).Where(static part => part.Length == RateHz / 10);
}
