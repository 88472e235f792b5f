using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Tests.Control;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Tracing;

namespace MediaCore.Engine.Tests.Tracing;

/// <summary>What a call's trace says of its media.</summary>
public sealed class MediaTimelineTests : PartyTest
{
    private SignallingTrace Keep()
    {
        var trace = new SignallingTrace(30, 1_000_000);
        World.Shard.Context.Trace = trace;
        return trace;
    }

    [Fact]
    public void ACall_HasWhatWasAgreed_FirstPackets_Sources_Hold_Silence_AndQuality()
    {
        SignallingTrace trace = Keep();
        World.IsWanted = false;
        (PeerDialog alice, PeerDialog bob) = Establish();
        string callId = World.Call.Id;
        ushort port = ushort.Parse(Alice.History.Last(static m => m.Message.Kind == "200 INVITE").Message.Sdp("m=audio ").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        ushort other = ushort.Parse(Bob.History.Last(static m => m.Message.Kind == "INVITE").Message.Sdp("m=audio ").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        var aliceSays = new PeerMedia(Alice, 40000);
        var bobSays = new PeerMedia(Bob, 50000);
        aliceSays.Send(port, 0, 3, 0x10);
        for (int i = 0; i < 22; i++)
        {
            bobSays.Send(other, 0, 25, 0x10);
        }

        aliceSays.Send(port, 0, 150, 0x10);
        alice.SendInvite(PeerSdp.Audio(Alice, 40000, "sendonly"));
        bob.TakeReInvite();
        bob.Respond(200, PeerSdp.Audio(Bob, 50000, "recvonly"));
        Bob.Take("ACK");
        Alice.Take("100 INVITE");
        Alice.Take("200 INVITE");
        alice.Ack();
        HangUp(alice, bob);

        CallTrace found = trace.Find(callId)!;
        string[] notes = [.. found.Notes.Select(static note => $"{note.LegIndex} {note.Text}")];
        Assert.Equal(0, found.LeftOut);
        Assert.Contains(notes, static n => n.StartsWith("0 agreed on PCM", StringComparison.Ordinal) && n.Contains("over RTP", StringComparison.Ordinal));
        Assert.Contains(notes, static n => n.StartsWith("1 agreed on PCM", StringComparison.Ordinal));
        Assert.Single(notes, static n => n == "0 its first packet");
        Assert.Single(notes, static n => n == "1 its first packet");
        Assert.Contains(notes, n => n.StartsWith($"0 sends from {Alice.Host}:40000: payload type 0, SSRC ", StringComparison.Ordinal));
        Assert.Contains("0 its peer holds", notes);
        Assert.Contains("0 no packets come, though the other side's do", notes);
        Assert.Contains("0 packets come again", notes);
        Assert.Contains(notes, static n => n.StartsWith("1 ", StringComparison.Ordinal) && n.Contains("packets came, loss 0 %", StringComparison.Ordinal) && n.Contains("MOS 4.", StringComparison.Ordinal));
        Assert.Equal(found.Notes.OrderBy(static n => n.At), found.Notes);
    }

    [Fact]
    public void Digits_AreToldWithoutWhichTheyAre()
    {
        SignallingTrace trace = Keep();
        (string callId, PeerDialog bob) = Party(Bob);
        Do(new GatherCommand { CommandId = World.NextCommandId(), CallId = callId, MaxDigits = 3 });
        bob.Send("INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=7\r\nDuration=160\r\n");
        Bob.Take("200 INFO");
        bob.HangUp();
        TracedNote digit = Assert.Single(trace.Find(callId)!.Notes, static n => n.Text.Contains("digit", StringComparison.Ordinal));
        Assert.Equal("a digit by INFO, 160 ms", digit.Text);
    }

    [Fact]
    public void Notes_AreBounded_PerCallAndInCalls()
    {
        var timeline = new MediaTimeline(maxCalls: 2);
        for (int i = 0; i < TraceLimits.MaxNotesPerCall + 5; i++)
        {
            timeline.Note("a", 0, $"note {i}", World.WallClock);
        }

        timeline.Note("a", 0, "state", World.WallClock, isState: true);
        timeline.Note("b", 0, "state", World.WallClock, isState: true);
        timeline.Note("b", 0, "state", World.WallClock, isState: true);
        timeline.Note("b", 1, "state", World.WallClock, isState: true);
        Assert.Equal((TraceLimits.MaxNotesPerCall, 6L), (timeline.Find("a").Notes.Count, timeline.Find("a").LeftOut));
        Assert.Equal(2, timeline.Find("b").Notes.Count);
        timeline.Note("c", 0, "one more", World.WallClock);
        Assert.Empty(timeline.Find("a").Notes);
        Assert.Single(timeline.Find("c").Notes);
    }
}
