using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>Two baresip phones without a codec in common: one has G.711 alone.</summary>
public sealed class TranscodingPhoneTests(TranscodingPhoneTests.Fixture fixture) : IClassFixture<TranscodingPhoneTests.Fixture>
{
    private const int CallerHertz = 450;
    private const int CalleeHertz = 1000;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1.2);

    [Theory]
    [InlineData("PCMU", "G722")]
    [InlineData("opus", "PCMA")]
    [InlineData("G722", "opus")]
    public async Task Call_IsHeardBothWays(string callers, string callees)
    {
        await using BaresipPhone callee = await StartAsync("1002", CalleeHertz, callees);
        await using BaresipPhone caller = await StartAsync("1001", CallerHertz, callers);
        await caller.Control.CommandAsync("dial", "1002");
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.WaitUntilHeardAsync(Enough);
        await caller.WaitUntilHeardAsync(Enough);
        await callee.Control.CommandAsync("hangup");
        await caller.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), CallerHertz);
        RtpEndpoint.AssertTone(await caller.ReadHeardAsync(), CalleeHertz);
        string legs = $"select codec from call_legs where call_id = (select max(call_id) from call_records having count(*) = {++fixture.Calls}) order by position";
        var rows = await Eventually.IsAsync(() => fixture.Server.QueryAsync(legs), static r => r.Count == 2, "both legs in the database");
        Assert.Equal([Name(callers), Name(callees)], rows.Select(static r => r["codec"]));
    }

    private static string Name(string codec) => codec == "opus" ? "opus/48000" : codec + "/8000";

    private async Task<BaresipPhone> StartAsync(string account, int hertz, string codec)
    {
        MediaCoreServer server = fixture.Server;
        BaresipPhone phone = await BaresipPhone.StartAsync(server, account, await server.ReadPasswordAsync(account), hertz, codec: codec);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }

    /// <summary>A server that offers phones everything that it can code.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private MediaCoreServer? _server;

        internal MediaCoreServer Server => _server!;

        /// <summary>Calls so far.</summary>
        internal int Calls { get; set; }

        public async Task InitializeAsync() => _server = await MediaCoreServer.StartAsync(sip: "\"accountCodecs\": [\"opus\", \"G722\", \"PCMA\", \"PCMU\"]");

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
