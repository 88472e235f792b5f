using FsCheck.Xunit;
using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;

namespace MediaCore.Rtp.Tests.Jitter;

public sealed class JitterBufferPropertyTests
{
    /// <summary>Whatever comes in whatever order at whatever time: nothing throws, nothing grows, nothing is played twice or backwards within a stream, and every call moves on.</summary>
    [Property(MaxTest = 300)]
    public bool AnyInput_IsSurvived((long Now, ushort Sequence, uint Timestamp, byte Kind, int Units)[] packets, long at)
    {
        JitterBuffer buffer = new(new JitterBufferOptions { UsualPayloadBytes = 4, MaxPayloadBytes = 8 });
        foreach ((long now, ushort sequence, uint timestamp, byte kind, int units) in packets)
        {
            buffer.Put(new Timestamp(now * 7_777_777), sequence, timestamp, (uint)kind >> 6, kind % 2 == 0, (PacketKind)(kind % 3), kind, units, new byte[kind % 12]);
            for (int skips = 0; ; skips++)
            {
                Playout playout = buffer.Next(new Timestamp(at * 1_234_567_891), kind % 5 == 0);
                if (playout.Action != PlayoutAction.Skip)
                {
                    if (playout.DurationUnits <= 0 || playout.AdjustUnits < 0 || playout.AdjustUnits > playout.DurationUnits)
                    {
                        return false;
                    }

                    break;
                }

                if (skips > JitterBufferLimits.MaxPackets)
                {
                    return false;
                }
            }

            if (buffer.Count > JitterBufferLimits.MaxPackets || buffer.TargetDelay < TimeSpan.Zero)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A stream with loss, duplicates and delays up to 300 ms: what is played rises strictly, and every packet has one fate.</summary>
    [Property(MaxTest = 200)]
    public bool AStream_IsPlayedInOrder_AndEveryPacketHasOneFate(ushort[] delays, ushort first, bool speech)
    {
        List<(int Arrival, int Number)> arrivals = [];
        for (int i = 0; i < delays.Length; i++)
        {
            if (delays[i] % 10 != 0)
            {
                arrivals.Add(((i * 20) + (delays[i] % 300), i));
            }

            if (delays[i] % 7 == 0)
            {
                arrivals.Add(((i * 20) + (delays[i] % 211), i));
            }
        }

        Listener listener = new() { FirstSequence = first, FirstTimestamp = 0xffff_f000, Speech = speech };
        foreach ((int arrival, int number) in arrivals.OrderBy(packet => packet.Arrival))
        {
            listener.Arrive(arrival, number);
        }

        listener.Advance((delays.Length * 20) + 2_000);
        ref readonly JitterBufferStatistics statistics = ref listener.Buffer.Statistics;
        List<int> numbers = [.. listener.Actions(PlayoutAction.Play, PlayoutAction.Compress, PlayoutAction.Stretch, PlayoutAction.Skip).Select(heard => (int)(ushort)(heard.Sequence - first))];
        bool rising = numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
        long fates = statistics.Played + statistics.SkippedInSilence + statistics.SkippedLate + statistics.Late + statistics.Duplicates + statistics.Flushed + statistics.OutOfStream;
        return rising && listener.Buffer.Count == 0 && fates == statistics.Received && statistics.Received == arrivals.Count;
    }
}
