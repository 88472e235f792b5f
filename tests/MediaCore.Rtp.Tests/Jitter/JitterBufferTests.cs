using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;

namespace MediaCore.Rtp.Tests.Jitter;

public sealed class JitterBufferTests
{
    public static TheoryData<int, uint> WrapPoints => new()
    {
        { 0, 0 },
        { 1, 1 },
        { 32767, 0x7fff_ff00 },
        { 32768, 0x8000_0000 },
        { 65500, 0xffff_ff00 },
        { 65535, 0xffff_ffff },
    };

    [Theory]
    [MemberData(nameof(WrapPoints))]
    public void Packets_InOrder_AreAllPlayedOnce_WhereverTheNumbersWrap(int sequence, uint timestamp)
    {
        Listener listener = new() { FirstSequence = (ushort)sequence, FirstTimestamp = timestamp };
        listener.ArriveOnTime(0, 500);
        listener.Advance(10_100);
        Assert.Equal(Enumerable.Range(0, 500), listener.Played);
        Assert.Equal(0, listener.Buffer.Statistics.Concealed + listener.Buffer.Statistics.Late + listener.Buffer.Statistics.Restarts);
    }

    [Theory]
    [MemberData(nameof(WrapPoints))]
    public void Packets_Reordered_ArePlayedInOrder(int sequence, uint timestamp)
    {
        Listener listener = new() { FirstSequence = (ushort)sequence, FirstTimestamp = timestamp };
        listener.Arrive(5, 0);
        for (int number = 1; number < 200; number += 2)
        {
            listener.Arrive((number * 20) + 25, number + 1);
            listener.Arrive((number * 20) + 26, number);
        }

        listener.Advance(4_200);
        Assert.Equal(Enumerable.Range(0, 201), listener.Played);
    }

    [Fact]
    public void Packet_BeforeTheFirstThatCame_IsPlayedFirst()
    {
        Listener listener = new();
        listener.Arrive(25, 1);
        Assert.Equal(ArrivalVerdict.Queued, listener.Arrive(26, 0));
        listener.ArriveOnTime(2, 20);
        listener.Advance(500);
        Assert.Equal(Enumerable.Range(0, 20), listener.Played);
    }

    [Fact]
    public void FirstPacket_IsHeldBack_ForTheInitialDelay()
    {
        Listener listener = new(new JitterBufferOptions { InitialDelayMilliseconds = 60 });
        listener.ArriveOnTime(0, 10, delayMilliseconds: 7);
        listener.Advance(200);
        Assert.InRange(listener.Actions(PlayoutAction.Play).First().AtMilliseconds, 67, 69);
    }

    [Fact]
    public void Packet_ThatComesTwice_IsPlayedOnce()
    {
        Listener listener = new();
        for (int number = 0; number < 50; number++)
        {
            listener.Arrive((number * 20) + 5, number, tag: 1);
            listener.Arrive((number * 20) + 6, number, tag: 2);
        }

        listener.Advance(1_100);
        Assert.Equal(Enumerable.Range(0, 50), listener.Played);
        Assert.DoesNotContain(listener.All, heard => heard.Tag == 2);
        Assert.Equal(50, listener.Buffer.Statistics.Duplicates + listener.Buffer.Statistics.Late);
    }

    [Fact]
    public void LostPacket_IsConcealed_AndTheNextOneOffered()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 5);
        listener.ArriveOnTime(6, 40);
        listener.Advance(900);
        Heard concealed = Assert.Single(listener.Actions(PlayoutAction.Conceal));
        Assert.Equal(listener.FirstSequence + 5, concealed.Sequence);
        Assert.Equal(160, concealed.DurationUnits);
        Assert.Equal(39, listener.Played.Count);
    }

    [Fact]
    public void Conceal_CarriesThePayloadOfTheFollowingPacket_OnlyWhenItIsAdjacent()
    {
        JitterBuffer buffer = new(new JitterBufferOptions { InitialDelayMilliseconds = 60 });
        foreach (int number in (int[])[0, 2, 5])
        {
            buffer.Put(Timestamp.Zero, (ushort)number, (uint)(number * 160), 1, false, PacketKind.Audio, 96, 160, [(byte)number]);
        }

        Timestamp at = new(200_000_000);
        Assert.Equal(0, buffer.Next(at, true).SequenceNumber);
        Playout first = buffer.Next(at, true);
        Assert.Equal((PlayoutAction.Conceal, 2, 96), (first.Action, first.Following[0], first.PayloadType));
        Assert.Equal(2, buffer.Next(at, true).SequenceNumber);
        Playout second = buffer.Next(at, true);
        Assert.Equal((PlayoutAction.Conceal, 0), (second.Action, second.Following.Length));
        Assert.Equal((PlayoutAction.Conceal, 5), (buffer.Next(at, true).Action, 5));
        Assert.Equal(5, buffer.Next(at, true).Payload[0]);
    }

    [Fact]
    public void Packet_AfterItsTime_IsLateAndNotPlayed()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 100);
        listener.ArriveOnTime(101, 130);
        Assert.Equal(ArrivalVerdict.Late, listener.Arrive(2_605, 100));
        listener.ArriveOnTime(131, 140);
        listener.Advance(3_000);
        Assert.DoesNotContain(100, listener.Played);
        Assert.Equal(1, listener.Buffer.Statistics.Late);
    }

    [Fact]
    public void Stall_IsFilled_AndTheDelayIsSoonWhatItWas()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 300);
        for (int number = 300; number < 310; number++)
        {
            // Ten packets pile up for 200 ms and come at once.
            listener.Arrive(6_205 + (number * 0.01), number);
        }

        listener.ArriveOnTime(311, 600);
        listener.Advance(12_000);
        Assert.InRange(listener.Count(PlayoutAction.Expand), 15, 21);
        Assert.InRange(DelayOf(listener, 295), 0, 12);
        Assert.InRange(DelayOf(listener, 345), 0, 40);
        Assert.InRange(DelayOf(listener, 590), 0, 12);
    }

    [Fact]
    public void DelayThatStaysLarger_IsFollowedWithinAFewPackets_AndGivenBackWhenItFalls()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 300);
        listener.ArriveOnTime(300, 600, delayMilliseconds: 125);
        long synthesized = listener.Buffer.Statistics.Expanded;
        listener.ArriveOnTime(606, 900);
        listener.Advance(18_000);
        Assert.InRange(synthesized, 8, 20);
        Assert.InRange(DelayOf(listener, 320), 110, 200);
        Assert.InRange(DelayOf(listener, 890), 0, 15);
        Assert.Equal(synthesized, listener.Buffer.Statistics.Expanded);
    }

    [Fact]
    public void Delay_InSilence_FallsByWholePackets()
    {
        // The same fall in delay, once in speech and once in silence.
        Assert.True(PacketsUntilShort(speech: false) < PacketsUntilShort(speech: true));

        static int PacketsUntilShort(bool speech)
        {
            Listener listener = new() { Speech = speech };
            listener.ArriveOnTime(0, 300, delayMilliseconds: 150);
            for (int number = 300; number < 308; number++)
            {
                listener.Arrive((number * 20) + 150 - (18 * (number - 300)), number);
            }

            listener.ArriveOnTime(308, 400);
            listener.Advance(9_000);
            Assert.Equal(speech, listener.Buffer.Statistics.SkippedInSilence == 0);
            return listener.Played.First(number => number > 300 && DelayOf(listener, number) < 60);
        }
    }

    [Fact]
    public void WithoutTimeScaling_SpeechIsNeverStretchedOrCompressed()
    {
        Listener listener = new(new JitterBufferOptions { TimeScaling = false });
        listener.ArriveOnTime(0, 300);
        listener.ArriveOnTime(300, 500, delayMilliseconds: 90);
        listener.ArriveOnTime(505, 800);
        listener.Advance(16_100);
        Assert.Equal(0, listener.Count(PlayoutAction.Compress) + listener.Count(PlayoutAction.Stretch));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void DriftingClock_ForAnHour_DoesNotMakeTheDelayGrow(int partsPerMillion)
    {
        Listener listener = new();
        const int packets = 180_000;
        for (int number = 0; number < packets; number++)
        {
            // Speech half of the time.
            listener.Speech = number / 100 % 2 == 0;
            listener.Arrive((number * 20 * (1 + (partsPerMillion / 1e6))) + 5 + (number % 7), number);
            if (listener.All.Count > 1000)
            {
                listener.All.RemoveRange(0, 900);
            }
        }

        Assert.InRange(listener.Buffer.Count, 0, 2);
        Assert.InRange(listener.Buffer.TargetDelay.TotalMilliseconds, 5, 12);
        Assert.InRange(listener.Buffer.Statistics.Late + listener.Buffer.Statistics.Concealed + listener.Buffer.Statistics.SkippedLate, 0, packets / 1000);
        Assert.InRange(listener.Buffer.Statistics.Expanded, 0, packets / 300);
    }

    [Fact]
    public void ComfortNoise_IsHandedOver_AndFillsThePauseUntilTheNextTalkspurt()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        listener.Arrive(1_005, 50, PacketKind.ComfortNoise, tag: 7);
        listener.Arrive(3_005, 51, marker: true, timestamp: listener.FirstTimestamp + (150 * Listener.PacketUnits));
        for (int number = 52; number < 80; number++)
        {
            listener.Arrive(3_005 + ((number - 51) * 20), number, timestamp: listener.FirstTimestamp + (uint)((number + 99) * Listener.PacketUnits));
        }

        listener.Advance(4_000);
        Assert.Equal(7, listener.Actions(PlayoutAction.ComfortNoise).First().Tag);
        Assert.InRange(listener.Count(PlayoutAction.ComfortNoise), 90, 110);
        Assert.Equal(0, listener.Actions(PlayoutAction.Conceal, PlayoutAction.Expand).Count(heard => heard.AtMilliseconds < 3_500));
        Assert.Equal(79, listener.Played.Count);
        Assert.InRange(listener.All.First(heard => heard.Sequence == listener.FirstSequence + 51).AtMilliseconds, 3_005, 3_025);
    }

    [Fact]
    public void Talkspurt_AfterSilenceWithoutNoisePackets_IsNotConcealedOver()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);

        // The first packet of the talkspurt is lost; the marker of the second one stands in for nothing, its timestamp does.
        listener.Arrive(3_025, 52, marker: true, timestamp: listener.FirstTimestamp + (151 * Listener.PacketUnits));
        listener.Arrive(3_045, 53, timestamp: listener.FirstTimestamp + (152 * Listener.PacketUnits));
        listener.Advance(3_060);
        Assert.Equal(0, listener.Count(PlayoutAction.Conceal));
        Assert.Equal([52], listener.Played.Skip(50).Take(1));
    }

    [Fact]
    public void TelephoneEvent_BetweenAudio_PassesByWithoutConcealment()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        for (int number = 50; number < 58; number++)
        {
            listener.Arrive((number * 20) + 5, number, PacketKind.Other, timestamp: listener.FirstTimestamp + (50 * Listener.PacketUnits));
        }

        listener.ArriveOnTime(58, 100);
        listener.Advance(2_000);
        Assert.Equal(92, listener.Played.Count);
        Assert.Equal(0, listener.Count(PlayoutAction.Conceal));
        Assert.InRange(listener.Actions(PlayoutAction.ComfortNoise).Sum(heard => heard.DurationUnits), 900, 1400);
    }

    [Fact]
    public void TelephoneEvent_AtTheStart_BeginsNoStream()
    {
        Listener listener = new();
        Assert.Equal(ArrivalVerdict.OutOfStream, listener.Arrive(5, 0, PacketKind.Other));
        Assert.Equal(0, listener.Buffer.Count);
        Assert.True(listener.Buffer.NextDeadline.IsNever);
    }

    [Fact]
    public void NewSsrc_BeginsANewStream()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        listener.Ssrc = 2;
        for (int number = 0; number < 50; number++)
        {
            listener.Arrive(1_010 + (number * 20), number + 30_000, timestamp: 77 + (uint)(number * Listener.PacketUnits), tag: 2);
        }

        listener.Advance(2_200);
        Assert.Equal(1, listener.Buffer.Statistics.Restarts);
        Assert.Equal(50, listener.All.Count(heard => heard.Tag == 2));
    }

    [Fact]
    public void Timestamps_ThatRestart_CostOnePacket_AndAStrayOneNothing()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        Assert.Equal(ArrivalVerdict.OutOfStream, listener.Arrive(1_006, 20_000, timestamp: 99));
        listener.ArriveOnTime(51, 100);
        Assert.Equal(0, listener.Buffer.Statistics.Restarts);
        for (int number = 100; number < 150; number++)
        {
            listener.Arrive((number * 20) + 5, number, timestamp: 0x8000_0000 + (uint)(number * Listener.PacketUnits));
        }

        listener.Advance(3_200);
        Assert.Equal((1, 2), (listener.Buffer.Statistics.Restarts, listener.Buffer.Statistics.OutOfStream));
        Assert.Equal(148, listener.Played.Distinct().Count());
    }

    [Fact]
    public void Sender_ThatWasOnHoldWithItsTimestampStandingStill_IsHeardAgain()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        for (int number = 50; number < 100; number++)
        {
            listener.Arrive((number * 20) + 60_005, number);
        }

        listener.Advance(62_300);
        Assert.InRange(listener.Played.Count(number => number >= 50), 48, 49);
    }

    [Fact]
    public void Burst_LargerThanTheBuffer_GivesUpTheOldest()
    {
        JitterBuffer buffer = new(JitterBufferOptions.Default);
        for (int number = 0; number < 1000; number++)
        {
            buffer.Put(Timestamp.FromMilliseconds(1), (ushort)number, 1000 + (uint)number, 1, false, PacketKind.Audio, 0, 8, [1]);
            Assert.InRange(buffer.Count, 1, JitterBufferLimits.MaxPackets);
        }

        Assert.Equal(1000 - JitterBufferLimits.MaxPackets, buffer.Statistics.Flushed);
        Assert.Equal(999 - JitterBufferLimits.MaxPackets + 1, buffer.Next(Timestamp.FromMilliseconds(1000), speech: true).SequenceNumber);
    }

    /// <summary>200 ms of G.711 among packets of 20 ms: room is made once, and what waited then stays what it was.</summary>
    [Fact]
    public void LargerPayload_MakesRoomOnce_AndLeavesTheOthersAsTheyWere()
    {
        JitterBuffer buffer = new(JitterBufferOptions.Default);
        byte[][] payloads = [Filled(160, 1), Filled(640, 2), Filled(JitterBufferLimits.MaxPayloadBytes, 3), Filled(160, 4)];
        uint timestamp = 0;
        for (int i = 0; i < payloads.Length; i++)
        {
            Assert.Equal(ArrivalVerdict.Queued, buffer.Put(Timestamp.Zero, (ushort)i, timestamp, 1, false, PacketKind.Audio, 0, payloads[i].Length, payloads[i]));
            timestamp += (uint)payloads[i].Length;
        }

        Timestamp at = Timestamp.FromMilliseconds(40);
        foreach (byte[] payload in payloads)
        {
            Playout playout = buffer.Next(at, speech: true);
            Assert.Equal(payload, playout.Payload.ToArray());
            at += TimeSpan.FromMilliseconds(playout.DurationUnits / 8);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = payloads.Length; i < 200; i++)
        {
            buffer.Put(at, (ushort)i, timestamp, 1, false, PacketKind.Audio, 0, 1600, payloads[2]);
            timestamp += 1600;
            buffer.Next(at, speech: true);
            at += TimeSpan.FromMilliseconds(200);
        }

        buffer.Reset();
        buffer.Put(at, 1, 1, 1, false, PacketKind.Audio, 0, 1600, payloads[2]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static byte[] Filled(int bytes, byte value)
        {
            byte[] all = new byte[bytes];
            Array.Fill(all, value);
            return all;
        }
    }

    [Theory]
    [InlineData(PacketKind.Audio, 0, 100)]
    [InlineData(PacketKind.Audio, -5, 100)]
    [InlineData(PacketKind.Audio, 1601, 100)]
    [InlineData(PacketKind.Audio, 160, JitterBufferLimits.MaxPayloadBytes + 1)]
    [InlineData(PacketKind.ComfortNoise, 0, JitterBufferLimits.MaxPayloadBytes + 1)]
    public void Packet_ThatCannotBeKept_IsCountedAndDropped(PacketKind kind, int durationUnits, int bytes)
    {
        JitterBuffer buffer = new(JitterBufferOptions.Default);
        Assert.Equal(ArrivalVerdict.Unusable, buffer.Put(Timestamp.Zero, 1, 1, 1, false, kind, 0, durationUnits, new byte[bytes]));
        Assert.Equal((0, 1), (buffer.Count, buffer.Statistics.Unusable));
        Assert.Equal(PlayoutAction.Idle, buffer.Next(Timestamp.Zero, speech: false).Action);
    }

    [Fact]
    public void Delay_StaysWithinItsBounds()
    {
        Listener steady = new(new JitterBufferOptions { MinDelayMilliseconds = 80, InitialDelayMilliseconds = 0 });
        steady.ArriveOnTime(0, 300);
        Assert.Equal(80, steady.Buffer.TargetDelay.TotalMilliseconds, 1.0);
        Listener rough = new(new JitterBufferOptions { MaxDelayMilliseconds = 100 });
        for (int number = 0; number < 300; number++)
        {
            rough.Arrive((number / 15 * 300) + 290 + (number * 0.001), number);
        }

        Assert.InRange(rough.Buffer.TargetDelay.TotalMilliseconds, 50, 100);
    }

    [Fact]
    public void Reset_ForgetsEverything()
    {
        Listener listener = new();
        listener.ArriveOnTime(0, 50);
        listener.Buffer.Reset();
        Assert.Equal(default, listener.Buffer.Statistics);
        Assert.Equal((0, TimeSpan.Zero, true), (listener.Buffer.Count, listener.Buffer.TargetDelay, listener.Buffer.NextDeadline.IsNever));
        Assert.Equal(PlayoutAction.Idle, listener.Buffer.Next(Timestamp.FromMilliseconds(2_000), speech: true).Action);
    }

    [Fact]
    public void FixedTicks_WithLeftOverSamples_PlayEverything()
    {
        // A mixer: every 20 ms it needs 160 samples, and asks with the time at which the next one is heard.
        JitterBuffer buffer = new(JitterBufferOptions.Default);
        int leftOver = 0;
        int played = 0;
        for (int tick = 0; tick < 1000; tick++)
        {
            if (tick < 900)
            {
                buffer.Put(Timestamp.FromMilliseconds((tick * 20) + (tick * 7 % 13)), (ushort)tick, (uint)(tick * 160), 1, false, PacketKind.Audio, 0, 160, [1]);
            }

            while (leftOver < 160)
            {
                Playout playout = buffer.Next(new Timestamp((tick * 20_000_000L) + 20_000_000 + (leftOver * 125_000L)), speech: true);
                played += playout.Payload.Length;
                leftOver += playout.DurationUnits + (playout.Action == PlayoutAction.Stretch ? playout.AdjustUnits : -playout.AdjustUnits);
            }

            leftOver -= 160;
        }

        Assert.InRange(played, 895, 900);
    }

    /// <summary>Time from sending to hearing, in milliseconds.</summary>
    private static long DelayOf(Listener listener, int number) =>
        listener.All.Last(heard => heard.Sequence == (ushort)(listener.FirstSequence + number)).AtMilliseconds - (number * 20) - 5;
}
