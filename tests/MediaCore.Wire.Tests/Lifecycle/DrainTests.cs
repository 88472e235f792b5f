using System.Net;
using System.Text.Json;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>SIGTERM and SIGKILL while calls are up.</summary>
[Collection(MeasuredAlone.Name)]
public class DrainTests
{
    [Fact]
    public async Task Sigterm_With50CallsUp_CutsNoneBeforeTheLimit_RefusesNewOnes_AndWritesEveryRecord()
    {
        const int calls = 50;
        TimeSpan limit = TimeSpan.FromSeconds(5);
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: $"\"drain\": {{ \"limitSeconds\": {limit.TotalSeconds} }}");
        AnswerByItself(sbc.Carrier);
        List<SipDialog> up = [];
        for (int i = 0; i < calls; i++)
        {
            up.Add(await ConnectAsync(sbc));
        }

        sbc.Server.Process.Signal(ChildProcess.Sigterm);
        long signalled = TimeProvider.System.GetTimestamp();
        await sbc.Server.Process.WaitForLineAsync(static l => l.Contains("DrainStarted", StringComparison.Ordinal), "start of the drain");
        using HttpClient http = new();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri(sbc.Server.HttpRoot, "/readyz"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(sbc.Server.HttpRoot, "/healthz"))).StatusCode);

        // A trunk's probe hears it too.
        sbc.Caller.Send(Torture.TortureAnswer.Options(sbc.Caller.Local, "UDP", "drain-probe"));
        Assert.Equal(503, (await sbc.Caller.ExpectAsync(static m => !m.IsRequest && m.CallId == "drain-probe", "the answer to OPTIONS")).Status);

        // 20 calls per second go on coming for two seconds; half of those that are up end by themselves meanwhile.
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(50));
        Queue<SipDialog> talking = new(up);
        for (int i = 0; i < 40; i++)
        {
            SipDialog refused = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
            refused.SendInvite(SdpText.Audio(40000));
            SipText answer = await refused.ExpectInviteResponseAsync();
            Assert.Equal(503, answer.Status);
            Assert.InRange(int.Parse(answer["Retry-After"]), 1, 3600);
            if (talking.Count > calls / 2)
            {
                Assert.Equal(200, (await talking.Dequeue().HangUpAsync()).Status);
            }

            await pace.WaitForNextTickAsync();
        }

        // Nobody was hung up on so far; those still talking are when the limit is reached.
        Assert.DoesNotContain(sbc.Caller.Waiting(), static m => m.IsRequest);
        TimeSpan early = TimeProvider.System.GetElapsedTime(signalled);
        Assert.True(early < limit, $"the machine was too slow for this test: {early}");
        foreach (SipDialog dialog in talking)
        {
            await dialog.ExpectHangUpAsync();
        }

        Assert.True(TimeProvider.System.GetElapsedTime(signalled) >= limit, "cut before the limit");
        Assert.Equal(0, await sbc.Server.Process.WaitForExitAsync());
        var records = sbc.Server.ReadJournal();
        Assert.Equal(calls, records.Count);
        Assert.Equal(calls / 2, records.Count(static r => r.GetProperty("reason").GetString() == "completed"));
        Assert.Equal(calls / 2, records.Count(static r => r.GetProperty("reason").GetString() == "shutdown" && r.GetProperty("ended_by").GetString() == "server"));
    }

    [Fact]
    public async Task Sigterm_TheLastCallEnds_TheServerEndsAtOnce()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: "\"drain\": { \"limitSeconds\": 600 }");
        AnswerByItself(sbc.Carrier);
        SipDialog call = await ConnectAsync(sbc);
        sbc.Server.Process.Signal(ChildProcess.Sigterm);
        await sbc.Server.Process.WaitForLineAsync(static l => l.Contains("DrainStarted", StringComparison.Ordinal), "start of the drain");
        Assert.Equal(200, (await call.HangUpAsync()).Status);
        Assert.Equal(0, await sbc.Server.Process.WaitForExitAsync());
        Assert.Equal("completed", sbc.OnlyRecord().GetProperty("reason").GetString());
    }

    [Fact]
    public async Task SecondSignal_EndsTheCallsAtOnce_WithByeAndRecord()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(more: "\"drain\": { \"limitSeconds\": 600 }");
        AnswerByItself(sbc.Carrier);
        SipDialog call = await ConnectAsync(sbc);
        SipDialog ringing = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        sbc.Carrier.AtOnce = static _ => false;
        ringing.SendInvite(SdpText.Audio(40000));
        SipDialog callee = SipDialog.From(sbc.Carrier, await sbc.Carrier.ExpectRequestAsync("INVITE"));
        callee.Ring();
        Assert.Equal(180, (await ringing.ExpectInviteResponseAsync(101)).Status);

        sbc.Server.Process.Signal(ChildProcess.Sigterm);
        await sbc.Server.Process.WaitForLineAsync(static l => l.Contains("DrainStarted", StringComparison.Ordinal), "start of the drain");
        sbc.Server.Process.Signal(ChildProcess.Sigterm);
        await call.ExpectHangUpAsync();
        Assert.Equal(503, (await ringing.ExpectInviteResponseAsync()).Status);
        await callee.ExpectRequestAsync("CANCEL");
        Assert.Equal(0, await sbc.Server.Process.WaitForExitAsync());
        Assert.Equal(["shutdown", "shutdown"], sbc.Server.ReadJournal().Select(static r => r.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Sigkill_EveryFinishedCallHasItsRecord_InSbcMode()
    {
        const int finished = 40;
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        AnswerByItself(sbc.Carrier);
        List<string> done = [];
        for (int i = 0; i < 5; i++)
        {
            await ConnectAsync(sbc);
        }

        for (int i = 0; i < finished; i++)
        {
            SipDialog call = await ConnectAsync(sbc);
            done.Add(call.CallId);
            Assert.Equal(200, (await call.HangUpAsync()).Status);
        }

        // The moment the last caller has its 200 the process dies.
        sbc.Server.Process.Signal(ChildProcess.Sigkill);
        await sbc.Server.Process.WaitForExitAsync();
        IReadOnlyList<JsonElement> records = sbc.Server.ReadJournal();
        Assert.Equal(done.Order(), records.Select(static r => r.GetProperty("legs")[0].GetProperty("sip_call_id").GetString()!).Order());
    }

    [Fact]
    public async Task Sigkill_EveryFinishedCallIsInTheDatabase_AfterTheNextStart_InNumberMode()
    {
        const int finished = 25;
        using ScratchFolder folder = new();
        List<string> done = [];
        await using (MediaCoreServer server = await MediaCoreServer.StartAsync(folder: folder.Path))
        {
            await using SipPeer caller = new(server.Udp);
            for (int i = 0; i < finished; i++)
            {
                SipDialog call = SipDialog.To(caller, "+12025550100");
                done.Add(call.CallId);
                call.SendInvite(SdpText.Audio(40000));
                Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
                call.SendAck();
                Assert.Equal(200, (await call.HangUpAsync()).Status);
            }

            server.Process.Signal(ChildProcess.Sigkill);
            await server.Process.WaitForExitAsync();
        }

        await using MediaCoreServer again = await MediaCoreServer.StartAsync(folder: folder.Path);
        var legs = await Eventually.IsAsync(() => again.QueryAsync("select sip_call_id from call_legs where inbound = 1"), static r => r.Count >= finished, "the records of the last run");
        Assert.Equal(done.Order(), legs.Select(static l => (string)l["sip_call_id"]!).Order());
    }

    private static async Task<SipDialog> ConnectAsync(ScriptedSbc sbc)
    {
        SipDialog call = SipDialog.To(sbc.Caller, ScriptedSbc.Number);
        call.SendInvite(SdpText.Audio(40000));
        Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
        call.SendAck();
        return call;
    }

    /// <summary>A carrier that takes every call and every BYE.</summary>
    private static void AnswerByItself(SipPeer carrier) => carrier.AtOnce = message =>
    {
        if (!message.IsRequest)
        {
            return false;
        }

        if (message.Method is "INVITE" or "BYE")
        {
            SipDialog dialog = SipDialog.From(carrier, message);
            dialog.Respond(message, 200, "OK", message.Method == "INVITE" ? SdpText.Audio(40002) : null);
        }

        return true;
    };
}
