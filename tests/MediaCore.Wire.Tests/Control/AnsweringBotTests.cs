using System.Text.Json;
using MediaCore.Control.V1;
using MediaCore.Wire.Tests.Media;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Wire.Tests.Control;

/// <summary><c>examples/answering-bot</c>, with a SIPp caller and a baresip phone.</summary>
[Collection(ControlServerCollection.Name)]
public class AnsweringBotTests(ControlServerFixture fixture)
{
    private const int CallerHertz = 450;
    private const int PhoneHertz = 1000;
    private const byte Hash = 11;
    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task CallerWhoKnowsTheNumber_TalksWithThePhone_RecordedWhole()
    {
        using ScratchFolder folder = new();
        await using ChildProcess bot = await ExampleProgram.StartBotAsync(fixture.Server, folder.Path, "--phone", "1002");
        await using BaresipPhone phone = await fixture.StartPhoneAsync("1002", PhoneHertz);
        await using RtpEndpoint sound = new(CallerHertz, 1);
        await using SippProcess caller = await SippProcess.StartAsync("caller-stays", fixture.Server.Udp, 1, more: ["-s", ControlServerFixture.BotNumber, "-key", "rtp_port", $"{sound.Port}"]);
        using CancellationTokenSource over = new();

        // The prompt is heard, and typing stops it.
        await sound.FirstPacket;
        Task talk = RtpEndpoint.SpeakAsync([sound], int.MaxValue, over.Token);
        foreach (byte digit in (byte[])[1, 2, 3, 4, Hash])
        {
            sound.Press(101, digit, 6);
            sound.Say(new short[10 * RtpEndpoint.SamplesPerPacket]);
        }

        await phone.Control.WaitForAsync("CALL_ESTABLISHED");
        await phone.WaitUntilHeardAsync(s_enough);
        await WaitForEventAsync(bot, "command_ended", ":dial\"");
        string callId = ToldEvent.ReadAll(bot.Output)[0].CallId;
        Call call = await fixture.Calls.GetCallAsync(new GetCallRequest { CallId = callId }, cancellationToken: CancellationToken.None);
        Assert.Equal((CallPhase.Answered, "answering-bot", "answering-bot", ControlServerFixture.BotNumber), (call.Phase, call.Controller, call.Application, call.Number));
        Assert.Equal([("", true, true), ("1002", false, true)], call.Legs.Select(static leg => (leg.Peer, leg.Inbound, leg.Connected)));
        Assert.Equal([$"{callId}:record"], call.OpenCommands);

        await phone.Control.CommandAsync("hangup");
        await caller.ExpectSuccessAsync();
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
        RtpEndpoint.AssertTone(await phone.ReadHeardAsync(), CallerHertz);

        // The events.
        await WaitForEventAsync(bot, "recording_changed", "STAGE_SAVED");
        IReadOnlyList<ToldEvent> events = ToldEvent.ReadAll(bot.Output);
        Assert.All(events, told => Assert.Equal(callId, told.CallId));
        ToldEvent.AssertGapless(events);
        AssertInOrder(
            events,
            ("call_offered", "answering-bot"),
            ("control_changed", "answering-bot"),
            ("command_ended", $"{callId}:answer"),
            ("recording_changed", "STAGE_STARTED"),
            ("playback_started", $"{callId}:ask:1"),
            ("digit_received", "digit: \"4\""),
            ("command_ended", "REASON_TERMINATOR digits: \"1234\" terminator: \"#\""),
            ("leg_changed", "LEG_PHASE_CREATED peer: \"1002\""),
            ("leg_changed", "LEG_PHASE_ANSWERED"),
            ("command_ended", $"{callId}:dial"),
            ("leg_changed", "LEG_PHASE_ENDED peer: \"1002\""),
            ("command_ended", $"{callId}:bye"),
            ("command_ended", $"{callId}:hangup"),
            ("recording_changed", "STAGE_STOPPED"),
            ("command_ended", $"{callId}:record"),
            ("call_ended", callId),
            ("recording_changed", "STAGE_SAVED"));
        Assert.DoesNotContain("refused ", bot.Output, StringComparison.Ordinal);

        // The record: the same in the event and in the database, where the journal brings it.
        using JsonDocument record = JsonDocument.Parse(events.Single(static e => e.Kind == "call_ended").Detail);
        JsonElement root = record.RootElement;
        Assert.Equal("completed", root.GetProperty("reason").GetString());
        Assert.Equal("server", root.GetProperty("ended_by").GetString());
        var rows = await Eventually.IsAsync(() => fixture.Server.QueryAsync($"select * from call_records where call_id = '{callId}'"), static r => r.Count == 1, "the record in the database");
        Assert.Equal(("completed", "server", ControlServerFixture.BotNumber), (rows[0]["reason"], rows[0]["ended_by"], rows[0]["number"]));

        // The recording: the caller left, what he heard right.
        string file = root.GetProperty("recordings")[0].GetProperty("file").GetString()!;
        short[][] sides = await RecordedFile.DecodeAsync(Path.Combine(fixture.Server.Folder, "data", "recordings", file));
        RecordedFile.AssertMostly(sides[0], CallerHertz, PhoneHertz);
        RecordedFile.AssertMostly(sides[1], PhoneHertz, CallerHertz);
    }

    private static Task<string> WaitForEventAsync(ChildProcess bot, string kind, string detail) =>
        bot.WaitForLineAsync(l => l.StartsWith("event ", StringComparison.Ordinal) && l.Contains($" {kind} ", StringComparison.Ordinal) && l.Contains(detail, StringComparison.Ordinal), $"{kind} {detail}");

    private static void AssertInOrder(IReadOnlyList<ToldEvent> events, params (string Kind, string Detail)[] wanted)
    {
        int at = 0;
        foreach ((string kind, string detail) in wanted)
        {
            int found = events.Skip(at).TakeWhile(e => e.Kind != kind || !e.Detail.Contains(detail, StringComparison.Ordinal)).Count() + at;
            Assert.True(found < events.Count, $"No {kind} with {detail} after the first {at} of\n{string.Join('\n', events)}");
            at = found + 1;
        }
    }
}
