using System.Buffers.Binary;
using MediaCore.Audio.Detection;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>Digits in calls by the forms that the trunks say: descriptions, INFO, telephone events, records.</summary>
public sealed class DigitTests : CallTest
{
    private ushort _sequence = 100;

    [Theory]
    [InlineData(DigitForm.Auto, "0 8 101", "0 8 101", true, true)]
    [InlineData(DigitForm.Auto, "0 8", "0 8", false, false)]
    [InlineData(DigitForm.Rtp, "0 8", "0 8 101", true, false)]
    [InlineData(DigitForm.Info, "0 8 101", "0 8", false, true)]
    [InlineData(DigitForm.InBand, "0 8 101", "0 8", false, true)]
    public void Descriptions_HaveEvents_ByTheFormOfEachSide(DigitForm form, string offered, string answered, bool isOfferedToTrunk, bool isAnsweredToCaller)
    {
        Trunk(form);
        (PeerDialog caller, PeerDialog callee) = Establish(offered, answered);
        Assert.Equal(isOfferedToTrunk, callee.Invite!.Body.Contains("telephone-event/8000", StringComparison.Ordinal));
        Assert.Equal(isAnsweredToCaller, Alice.History[^1].Message.Body.Contains("telephone-event/8000", StringComparison.Ordinal));
        HangUp(caller, callee);
    }

    [Fact]
    public void Events_ToATrunkWithInfo_AreInfos_InOrder_AndOnlyThose()
    {
        Trunk(DigitForm.Info);
        (PeerDialog caller, PeerDialog callee) = Establish("0 101", "0");
        int port = PortOf(Alice);
        Press(port, 4, 1000);
        Press(port, 2, 9000);
        SipText first = Bob.Take("INFO");

        // What else has come repeats it: the second digit waits for its answer.
        Bob.TakeAll();
        Assert.Single(Bob.History.Select(static m => m.Message).Where(static m => m.Kind == "INFO").Select(static m => m.CSeq).Distinct());
        Assert.Equal(("application/dtmf-relay", "Signal=4\r\nDuration=160\r\n"), (first["Content-Type"], first.Body));
        Bob.Respond(first, 200);
        SipText second = Bob.Take("INFO");
        Assert.Equal("Signal=2\r\nDuration=160\r\n", second.Body);
        Assert.Equal(first.CSeq + 1, second.CSeq);

        // Refused: the next one goes all the same, and the call goes on.
        Bob.Respond(second, 415);
        Press(port, 11, 20_000);
        Bob.Respond(Bob.Take("INFO"), 200);
        Bob.TakeAll();
        Assert.Empty(World.MediaSent);
        HangUp(caller, callee);
        Assert.Null(World.Record.Legs[0].Line);
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=7\r\nDuration=300\r\n", 7, 300)]
    [InlineData("Application/DTMF-Relay; charset=utf-8", "duration = 100\r\nsignal = #\r\n", 11, 100)]
    [InlineData("application/dtmf-relay", "Signal=10", 10, 250)]
    [InlineData("application/dtmf", "*", 10, 250)]
    public void Info_OfATrunkWithInfo_IsAnswered_AndBecomesAnEvent(string type, string body, byte code, int milliseconds)
    {
        Trunk(DigitForm.Info);
        (PeerDialog caller, PeerDialog callee) = Establish("0 101", "0");
        callee.Send("INFO", $"Content-Type: {type}\r\n", body);
        Bob.Take("200 INFO");
        Alice.TakeNothing();
        World.Advance(1);
        byte[][] events = [.. World.MediaSent.Where(static m => (m.Packet[1] & 0x7f) == 101).Select(static m => m.Packet)];
        Assert.NotEmpty(events);
        Assert.All(events, e => Assert.Equal(code, e[12]));
        Assert.Equal(3, events.Count(static e => (e[13] & 0x80) != 0));
        Assert.Equal(milliseconds * 8, BinaryPrimitives.ReadUInt16BigEndian(events[^1].AsSpan(14)));
        Assert.Single(events.Select(static e => BinaryPrimitives.ReadUInt32BigEndian(e.AsSpan(4))).Distinct());
        HangUp(caller, callee);
    }

    /// <summary>Whatever is no digit is the other party's business.</summary>
    [Theory]
    [InlineData("application/dtmf-relay", "Signal=55\r\n")]
    [InlineData("application/dtmf-relay", "")]
    [InlineData("application/dtmf", "123")]
    [InlineData("application/x", "Signal=5\r\n")]
    [InlineData("application/dtmf-relay", "Duration=5\r\n\r\n\0\0==\nSignal")]
    public void Info_ThatIsNoDigit_IsRelayed(string type, string body)
    {
        Trunk(DigitForm.Info);
        (PeerDialog caller, PeerDialog callee) = Establish("0 101", "0");
        callee.Send("INFO", $"Content-Type: {type}\r\n", body);
        SipText passed = Alice.Take("INFO");
        Assert.Equal(body, passed.Body);
        Alice.Respond(passed, 415);
        Bob.Take("415 INFO");
        HangUp(caller, callee);
    }

    [Fact]
    public void DetectedDigits_AreInTheRecord_AndSecretOnesOnlyCounted()
    {
        Trunk(DigitForm.Auto, LineDetection.Digits);
        (PeerDialog caller, PeerDialog callee) = Establish("0 101", "0 101");
        Leg leg = World.Call.Connected!;
        int port = PortOf(Bob);
        Press(port, 4, 1000, Bob, 50_000);
        World.Shard.Core.Media.MaskDigits(leg.Media, DigitMask.Drop);
        Press(port, 2, 9000, Bob, 50_000);
        World.Shard.Core.Media.MaskDigits(leg.Media, DigitMask.None);
        Press(port, 1, 20_000, Bob, 50_000);
        Assert.Equal(10, World.MediaSent.Count);
        HangUp(caller, callee);
        LineRecord line = World.Record.Legs[1].Line!;
        Assert.Equal("4x1", line.Digits);
        Assert.Equal(World.Record, Again(World.Record), new RecordComparer());
    }

    [Theory]
    [InlineData("us")]
    [InlineData("gb")]
    public void Tones_OfTheCountry_AndAnswerers_AreInTheRecord(string country)
    {
        World.Options = World.Options with { Country = country };
        Trunk(DigitForm.Auto, LineDetection.Tones | LineDetection.Answerer | LineDetection.Talk);
        (PeerDialog caller, PeerDialog callee) = Establish("0 101", "0 101");
        Assert.True(CountryTones.TryGet(country, ToneName.Busy, out Tone? tone));
        ToneGenerator generator = new(tone);
        short[] frame = new short[160];
        byte[] packet = new byte[172];
        int port = PortOf(Bob);
        for (int i = 0; i < 300; i++)
        {
            generator.Generate(frame);
            Pcmu.Encode(frame, packet.AsSpan(12));
            Deliver(Bob, 50_000, port, 0, (uint)(i * 160), packet);
            World.Advance(0.02);
        }

        HangUp(caller, callee);
        LineRecord line = World.Record.Legs[1].Line!;
        Assert.Equal([LineTone.Busy], line.Tones);
        Assert.Equal(AnswererVerdict.Machine, line.Answerer);
        Assert.Equal(World.Record, Again(World.Record), new RecordComparer());
        Assert.Null(World.Record.Legs[0].Line);
    }

    private void Trunk(DigitForm form, LineDetection detects = LineDetection.None)
    {
        var trunk = new Trunk { Name = "carrier", Targets = [World.Hop(Bob)], Digits = form, Detects = detects };
        World.Route("+1001", new DialStep([new TrunkTarget(trunk)], Parallel: false, TimeSpan.FromSeconds(60)));
    }

    private (PeerDialog Caller, PeerDialog Callee) Establish(string offered, string answered)
    {
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice, formats: offered));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50_000, formats: answered));
        Bob.Take("ACK");
        caller.Learn(Alice.Take("200 INVITE"));
        caller.Ack();
        return (caller, callee);
    }

    /// <summary>Where a peer was told to send.</summary>
    private static int PortOf(Peer peer) => int.Parse(
        peer.History.Last(static m => m.Message.Body.Contains("m=audio", StringComparison.Ordinal)).Message.Body.Split("m=audio ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private void Press(int port, byte code, uint timestamp) => Press(port, code, timestamp, Alice, 40_000);

    /// <summary>A key of 160 ms: two packets and three ends.</summary>
    private void Press(int port, byte code, uint timestamp, Peer peer, ushort from)
    {
        byte[] packet = new byte[16];
        foreach (ushort duration in new ushort[] { 400, 800, 1280, 1280, 1280 })
        {
            packet[12] = code;
            packet[13] = (byte)(duration == 1280 ? 0x8a : 10);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), duration);
            Deliver(peer, from, port, 101, timestamp, packet);
            World.Advance(0.05);
        }

        World.Advance(0.5);
    }

    private void Deliver(Peer peer, ushort from, int port, byte payloadType, uint timestamp, byte[] packet)
    {
        packet[0] = 0x80;
        packet[1] = payloadType;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 77);
        World.DeliverMedia(World.Endpoint(peer.Host, from), (ushort)port, [.. packet]);
    }

    private static CallRecord Again(CallRecord record)
    {
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
        {
            CallRecordJson.Write(writer, record);
        }

        Assert.True(CallRecordJson.TryRead(stream.ToArray(), out CallRecord read));
        return read;
    }

    private sealed class RecordComparer : IEqualityComparer<CallRecord>
    {
        public bool Equals(CallRecord? x, CallRecord? y) => x!.Legs.Select(static l => l.Line).SequenceEqual(y!.Legs.Select(static l => l.Line));

        public int GetHashCode(CallRecord record) => 0;
    }
}
