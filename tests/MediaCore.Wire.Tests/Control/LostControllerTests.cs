using Grpc.Net.Client;
using MediaCore.Control.V1;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary>Control planes that are killed in the middle of fifty calls, and come back.</summary>
[Collection(ControlServerCollection.Name)]
public class LostControllerTests
{
    private const int Staying = 17;
    private const int Falling = 17;
    private const int Ending = 16;

    [Fact]
    public async Task KilledAmongFiftyCalls_EachFollowsItsPolicy_AndEveryEventIsToldAfterwards()
    {
        using ScratchFolder folder = new();
        await using AnsweringPeer phone = new();
        await using AnsweringPeer desk = new();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync($$"""
            "trunks": [ { "name": "desk", "targets": ["sip:{{desk.Local}}"], "from": ["127.0.0.0/8"] } ],
            "routes": [
              { "name": "stay", "match": { "to": "+11*" }, "control": "stay" },
              { "name": "fall", "match": { "to": "+12*" }, "control": "fall", "trunks": ["desk"] },
              { "name": "end", "match": { "to": "+13*" }, "control": "end" }
            ],
            "recording": { "format": "wav" },
            "numbers": { "enabled": false }
            """);
        phone.Server = desk.Server = server.Udp;
        using GrpcChannel channel = GrpcChannel.ForAddress(server.Grpc);
        CallControl.CallControlClient control = new(channel);
        await using BotGroup bots = await BotGroup.StartAsync(server, folder.Path, phone.Local);
        await using SipPeer peer = new(server.Udp);
        await using RtpEndpoint sink = new(450);
        SipDialog[] staying = [.. Enumerable.Range(0, Staying).Select(_ => SipDialog.To(peer, "+112025550100"))];
        SipDialog[] falling = [.. Enumerable.Range(0, Falling).Select(_ => SipDialog.To(peer, "+122025550100"))];
        SipDialog[] ending = [.. Enumerable.Range(0, Ending).Select(_ => SipDialog.To(peer, "+132025550100"))];
        foreach (SipDialog call in (SipDialog[])[.. staying, .. falling, .. ending])
        {
            call.SendInvite(SdpText.Audio(sink.Port, "0 101"));
            Assert.Equal(200, (await call.ExpectInviteResponseAsync()).Status);
            call.SendAck();
        }

        // Some talk with the phone, the others listen to a prompt.
        await ListUntilAsync(control, static calls => calls.Count(static c => c.OpenCommands.Any(static o => o.EndsWith(":ask:1", StringComparison.Ordinal))) == Staying + Falling + Ending);
        foreach (SipDialog call in staying)
        {
            foreach (char digit in "1234#")
            {
                Assert.Equal(200, (await call.InfoAsync("application/dtmf-relay", $"Signal={digit}\r\nDuration=160\r\n")).Status);
            }
        }

        await Eventually.IsAsync(() => phone.Acknowledged, static n => n == Staying, "the phone has answered");
        await bots.KillAsync();
        foreach (SipDialog call in ending)
        {
            await call.ExpectHangUpAsync();
        }

        await Eventually.IsAsync(() => desk.Acknowledged, static n => n == Falling, "those who fell back to their route are answered there");
        IReadOnlyList<Call> alone = await ListUntilAsync(control, static calls => calls.Count == Staying + Falling && calls.All(static c => c.Controller.Length == 0));
        Assert.All(alone, static call => Assert.Equal(2, call.Legs.Count(static leg => leg is { Connected: true, Phase: LegPhase.Answered })));
        Assert.Equal(0, phone.HungUp + desk.HungUp);

        // One of each kind ends while nobody looks.
        Assert.Equal(200, (await staying[0].HangUpAsync()).Status);
        Assert.Equal(200, (await falling[0].HangUpAsync()).Status);
        IReadOnlyList<Call> left = await ListUntilAsync(control, static calls => calls.Count == Staying + Falling - 2);
        await using BotGroup again = await BotGroup.StartAsync(server, folder.Path, phone.Local);
        await Eventually.IsAsync(
            () => bots.Events.Concat(again.Events).SelectMany(static of => of).ToLookup(static e => e.CallId),
            calls => calls.Count(static c => c.Any(static e => e.Kind == "call_ended")) == Ending + 2 && left.All(call => calls[call.CallId].Max(static e => e.Sequence) >= call.Sequence),
            "all that has happened is told");
        Assert.All(again.Outputs, static output => Assert.Contains(" complete", output.Split('\n')[0], StringComparison.Ordinal));
        Assert.All(
            bots.Events.Zip(again.Events, (int[])[Staying, Falling, Ending]),
            static told =>
            {
                // The last event before the kill may come again, when the bot had no time to write its token down.
                var calls = told.First.Concat(told.Second).Where(static e => e.CallId.Length > 0).DistinctBy(static e => (e.CallId, e.Sequence, e.Kind)).GroupBy(static e => e.CallId).ToArray();
                Assert.Equal(told.Third, calls.Length);
                Assert.All(calls, static call => ToldEvent.AssertGapless(call));
            });

        // Back again, they do nothing to calls that went their own way.
        Assert.Equal(Staying + Falling - 2, (await control.ListCallsAsync(new ListCallsRequest())).Calls.Count);
        Assert.Equal(2, phone.HungUp + desk.HungUp);
    }

    private static async Task<IReadOnlyList<Call>> ListUntilAsync(CallControl.CallControlClient control, Func<IReadOnlyList<Call>, bool> wanted) =>
        await Eventually.IsAsync(async () => (IReadOnlyList<Call>)(await control.ListCallsAsync(new ListCallsRequest())).Calls, wanted, "calls as they should be");
}
