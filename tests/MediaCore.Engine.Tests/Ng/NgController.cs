using MediaCore.Engine.Ng;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>A proxy that controls the relay: its requests go over the wire's form to the shard of their session.</summary>
internal sealed class NgController(World world)
{
    private static readonly SipHashKey s_key = new(7, 8);

    public World World { get; } = world;

    /// <summary>What every request has beside what the test gives.</summary>
    public string CallId { get; set; } = "call-1";

    /// <summary>What <c>play media</c> plays, as if it had been read from its file.</summary>
    public MediaCore.Audio.Prompts.AudioClip? Clip { get; set; }

    public static string Sdp(string host, int port, string protocol = "RTP/AVP", string formats = "0 8 101", string lines = "a=rtpmap:101 telephone-event/8000\r\n", string more = "", string session = "") =>
        $"v=0\r\no=- 7 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n{session}m=audio {port} {protocol} {formats}\r\n{lines}{more}";

    public NgDictionary Ask(string command, params (string Key, NgValue Value)[] members)
    {
        NgDictionary message = new() { ["command"] = command, ["call-id"] = CallId };
        foreach ((string key, NgValue value) in members)
        {
            message[key] = value;
        }

        byte[] bytes = new NgMessage("1_1", IsJson: false, message).Write();
        Assert.Equal(NgMessageStatus.Ok, NgMessage.Parse(bytes, out NgMessage read));
        NgRequest request = NgRequestReader.Read(read.Content);
        request.Clip = Clip;
        return World.Shards[NgServer.GetShard(request.CallId, World.Shards.Length, s_key)].Core.HandleNg(request);
    }

    /// <summary>An offer from the party with tag A, or another; its answer is <c>ok</c>.</summary>
    public NgSdpText Offer(string sdp, params (string Key, NgValue Value)[] members) => Describe("offer", [("from-tag", "A"), ("sdp", sdp), .. members]);

    /// <summary>An answer of the party with tag B, or another; its answer is <c>ok</c>.</summary>
    public NgSdpText Answer(string sdp, params (string Key, NgValue Value)[] members) => Describe("answer", [("from-tag", "A"), ("to-tag", "B"), ("sdp", sdp), .. members]);

    public static NgValue Words(params string[] words) => NgValue.Of([.. words.Select(static w => (NgValue)w)]);

    private NgSdpText Describe(string command, (string Key, NgValue Value)[] members)
    {
        NgDictionary answer = Ask(command, members);
        Assert.True(answer["result"]?.Text == "ok", answer["error-reason"]?.Text);
        return new NgSdpText(answer["sdp"]!.Text, answer["warning"]?.Text);
    }
}

/// <summary>A description that came back, with what tests look at.</summary>
internal sealed record NgSdpText(string Text, string? Warning)
{
    public string[] Lines => Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    public string[] MediaLines => [.. Lines.Where(static l => l.StartsWith("m=", StringComparison.Ordinal))];

    /// <summary>Port of the n-th stream.</summary>
    public ushort Port(int index = 0) => ushort.Parse(MediaLines[index].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    public bool Has(string line) => Lines.Contains(line, StringComparer.Ordinal);
}
