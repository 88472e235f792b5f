using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Phones;

/// <summary>baresip phones whose media is SRTP with keys in the description, beside phones without.</summary>
public sealed class SrtpPhoneTests(SrtpPhoneTests.Fixture fixture) : IClassFixture<SrtpPhoneTests.Fixture>
{
    private const int CallerHertz = 450;
    private const int CalleeHertz = 1000;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1.2);

    /// <summary>The first phone insists on RTP/SAVP or offers keys beside RTP/AVP, the second gets our own offer, keys beside RTP/AVP, and takes them or not.</summary>
    [Theory]
    [InlineData("srtp-mand", null)]
    [InlineData(null, "srtp")]
    [InlineData("srtp", "srtp")]
    public async Task Call_IsHeardBothWays(string? callers, string? callees)
    {
        await using BaresipPhone callee = await StartAsync("1002", CalleeHertz, callees);
        await using BaresipPhone caller = await StartAsync("1001", CallerHertz, callers);
        await caller.Control.CommandAsync("dial", "1002");
        await caller.Control.WaitForAsync("CALL_ESTABLISHED");
        await callee.Control.WaitForAsync("CALL_ESTABLISHED");
        foreach (BaresipPhone secure in (BaresipPhone[])[.. callers is null ? [] : (BaresipPhone[])[caller], .. callees is null ? [] : (BaresipPhone[])[callee]])
        {
            await secure.WaitForAsync("SRTP is Enabled");
        }

        await callee.WaitUntilHeardAsync(Enough);
        await caller.WaitUntilHeardAsync(Enough);
        await callee.Control.CommandAsync("hangup");
        await caller.Control.WaitForAsync("CALL_CLOSED");
        RtpEndpoint.AssertTone(await callee.ReadHeardAsync(), CallerHertz);
        RtpEndpoint.AssertTone(await caller.ReadHeardAsync(), CalleeHertz);

        // The record of this call, and which of its legs was SRTP; calls of the other cases are there too.
        string legs = $"select srtp from call_legs where call_id = (select max(call_id) from call_records having count(*) = {++fixture.Calls}) order by position";
        var rows = await Eventually.IsAsync(() => fixture.Server.QueryAsync(legs), static r => r.Count == 2, "both legs in the database");
        Assert.Equal([callers is not null, callees is not null], rows.Select(static r => Equals(r["srtp"], "AES_CM_128_HMAC_SHA1_80")));
    }

    private async Task<BaresipPhone> StartAsync(string account, int hertz, string? mediaEncryption)
    {
        MediaCoreServer server = fixture.Server;
        BaresipPhone phone = await BaresipPhone.StartAsync(server, account, await server.ReadPasswordAsync(account), hertz, mediaEncryption: mediaEncryption);
        await phone.WaitUntilRegisteredAsync();
        return phone;
    }

    /// <summary>A server that offers SRTP to phones.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private MediaCoreServer? _server;

        internal MediaCoreServer Server => _server!;

        /// <summary>Calls so far.</summary>
        internal int Calls { get; set; }

        public async Task InitializeAsync() => _server = await MediaCoreServer.StartAsync(sip: "\"accountSrtp\": \"offer\"");

        public async Task DisposeAsync() => await Server.DisposeAsync();
    }
}
