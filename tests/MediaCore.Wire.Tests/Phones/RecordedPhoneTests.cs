using MediaCore.Wire.Tests.Media;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>A call between a baresip phone with SRTP and G.711 and one with Opus, recorded by the account's name.</summary>
public class RecordedPhoneTests
{
    [Theory]
    [InlineData("wav")]
    [InlineData("opus")]
    public async Task CallWithSrtpAndTranscoding_IsRecordedByItsSides(string format)
    {
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            sip: "\"accountSrtp\": \"accept\", \"accountCodecs\": [\"opus\", \"PCMU\"]",
            settings: $$"""  "numbers": { "record": ["1002"] }, "recording": { "format": "{{format}}" } """);
        await using BaresipPhone callee = await StartAsync(server, "1002", 1000, "opus", null);
        await using BaresipPhone caller = await StartAsync(server, "1001", 450, "PCMU", "srtp-mand");
        await caller.Control.CommandAsync("dial", "1002");
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.WaitUntilHeardAsync(TimeSpan.FromSeconds(2));
        await caller.WaitUntilHeardAsync(TimeSpan.FromSeconds(2));
        await callee.Control.CommandAsync("hangup");
        await caller.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), 450);
        RtpEndpoint.AssertTone(await caller.ReadHeardAsync(), 1000);

        string[] described = await Eventually.IsAsync(
            () => Directory.GetFiles(Path.Combine(server.Folder, "data", "recordings"), "*.json", SearchOption.AllDirectories), static files => files.Length == 1, "the recording is saved");
        short[][] sides = await RecordedFile.DecodeAsync(described[0][..^".json".Length]);
        RecordedFile.AssertMostly(sides[0], 450, 1000);
        RecordedFile.AssertMostly(sides[1], 1000, 450);
        var rows = await Eventually.IsAsync(() => server.QueryAsync("select codec, srtp from call_legs order by position"), static r => r.Count == 2, "both legs in the database");
        Assert.Equal(["PCMU/8000", "opus/48000"], rows.Select(static r => r["codec"]));
        Assert.Equal([true, false], rows.Select(static r => r["srtp"] is string { Length: > 0 }));
    }

    private static async Task<BaresipPhone> StartAsync(MediaCoreServer server, string account, int hertz, string codec, string? mediaEncryption)
    {
        BaresipPhone phone = await BaresipPhone.StartAsync(server, account, await server.ReadPasswordAsync(account), hertz, codec: codec, mediaEncryption: mediaEncryption);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }
}
