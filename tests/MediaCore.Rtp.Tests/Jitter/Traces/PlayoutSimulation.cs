using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;

namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>
/// Plays a trace through a <see cref="JitterBuffer"/> with a listener that does exactly what it is told, at the buffer's own deadlines, and through the best fixed buffer in hindsight.
/// <para>
/// Fairness. (1) Both delays count from the fastest packet of the trace. (2) The adaptive buffer pays for every concealment: a pause that it puts in counts as late loss even though the packet is
/// played afterwards, unless the packets whose time the pause took are then skipped, which counts once. Skipping silence costs nothing, as talkspurt adaptation never did; it is what a fixed buffer need not do.
/// (3) The fixed buffer knows the whole trace: it has the smallest delay at which its late packets are no more than the adaptive buffer's late loss, and its clock follows the sender's drift exactly.
/// </para>
/// </summary>
internal static class PlayoutSimulation
{
    private const int ClockRateHz = 8000;
    private const int PacketUnits = 160;
    private const ushort FirstSequence = 65_000;
    private const uint FirstTimestamp = 0xffff_0000;

    public static PlayoutResult Run(DelayTrace trace, JitterBufferOptions options)
    {
        JitterBuffer buffer = new(options);
        int[] order = [.. Enumerable.Range(0, trace.Packets).Where(i => !trace.IsLost(i)).OrderBy(i => ArrivalMicroseconds(trace, i))];
        double fastest = order.Min(trace.SteadyDelayMicroseconds);
        long fastestDrifting = order.Min(trace.DelayMicroseconds);
        byte[] payload = new byte[PacketUnits];
        Tally tally = new(trace);
        Timestamp at = Timestamp.Zero;
        bool speech = true;
        double delay = 0;
        int played = 0;
        long scaled = 0;
        long spoken = 0;
        int next = 0;
        Timestamp end = new((ArrivalMicroseconds(trace, order[^1]) + 1_000_000) * 1000);
        while (true)
        {
            while (next < order.Length && ArrivalMicroseconds(trace, order[next]) * 1000 <= at.Nanoseconds)
            {
                int packet = order[next++];
                buffer.Put(
                    new Timestamp(ArrivalMicroseconds(trace, packet) * 1000),
                    (ushort)(FirstSequence + packet),
                    FirstTimestamp + (uint)(packet * PacketUnits),
                    ssrc: 1,
                    marker: false,
                    PacketKind.Audio,
                    payloadType: 0,
                    PacketUnits,
                    payload);
            }

            if (at > end)
            {
                break;
            }

            Playout playout = buffer.Next(at, speech);
            int at20 = unchecked((int)(playout.Timestamp - FirstTimestamp)) / PacketUnits;
            int units = playout.DurationUnits;
            switch (playout.Action)
            {
                case PlayoutAction.Play or PlayoutAction.Compress or PlayoutAction.Stretch:
                    speech = trace.IsSpeech(at20);
                    tally.Play(at20);
                    delay += (at.Nanoseconds / 1000.0) - (at20 * (double)DelayTrace.PacketMicroseconds) - (trace.DriftPartsPerMillion * at20 * DelayTrace.PacketMicroseconds / 1e6) - fastest;
                    played++;
                    spoken += speech ? units : 0;
                    scaled += speech ? playout.AdjustUnits : 0;
                    units += playout.Action == PlayoutAction.Stretch ? playout.AdjustUnits : -playout.AdjustUnits;
                    break;
                case PlayoutAction.Skip:
                    tally.Skip(at20, speech);
                    break;
                case PlayoutAction.Conceal:
                    tally.Conceal(at20, units);
                    break;
                case PlayoutAction.Expand:
                    tally.Expand(units);
                    break;
            }

            long nanoseconds = units * 1_000_000_000L / ClockRateHz;
            at = playout.Action == PlayoutAction.Skip
                ? at
                : playout.Action == PlayoutAction.Idle && next < order.Length && played == 0
                    ? Timestamp.Min(new Timestamp(at.Nanoseconds + nanoseconds), buffer.Count == 0 ? new Timestamp(ArrivalMicroseconds(trace, order[next]) * 1000) : Timestamp.Never)
                    : new Timestamp(at.Nanoseconds + nanoseconds);
        }

        double late = tally.LateLoss();
        return new PlayoutResult(
            delay / played / 1000,
            late,
            FixedDelay([.. order.Select(i => trace.SteadyDelayMicroseconds(i) - fastest)], late, trace.Packets),
            FixedDelay([.. order.Select(i => (double)(trace.DelayMicroseconds(i) - fastestDrifting))], late, trace.Packets),
            (double)scaled / spoken);
    }

    /// <summary>The smallest constant delay, in milliseconds, at which at most this share of the packets sent is late.</summary>
    private static double FixedDelay(double[] delays, double late, int packets)
    {
        Array.Sort(delays);
        int allowed = (int)Math.Floor((late * packets) + 1e-9);
        return delays[Math.Max(0, delays.Length - 1 - allowed)] / 1000;
    }

    private static long ArrivalMicroseconds(DelayTrace trace, int packet) => (packet * (long)DelayTrace.PacketMicroseconds) + trace.DelayMicroseconds(packet);

    /// <summary>The account of what was lost, in units of the clock.</summary>
    private sealed class Tally(DelayTrace trace)
    {
        private readonly bool[] _seen = new bool[trace.Packets];
        private int _position;
        private long _late;
        private long _credit;

        public void Play(int packet)
        {
            MoveTo(packet);
            _seen[packet] = true;

            // What is left of the pauses was put into the sound.
            _late += _credit;
            _credit = 0;
        }

        public void Skip(int packet, bool speech)
        {
            MoveTo(packet);
            _seen[packet] = true;
            if (speech || _credit > 0)
            {
                Miss(PacketUnits);
            }
        }

        public void Conceal(int packet, int units)
        {
            MoveTo(packet);
            _seen[packet] = true;
            _late += trace.IsLost(packet) ? 0 : units;
        }

        public void Expand(int units) => _credit += units;

        public double LateLoss() => (double)_late / PacketUnits / trace.Packets;

        /// <summary>Packets before this one that were neither played nor concealed.</summary>
        private void MoveTo(int packet)
        {
            for (; _position < packet; _position++)
            {
                if (_seen[_position])
                {
                    continue;
                }

                if (trace.IsLost(_position))
                {
                    // A pause stood in for it.
                    _credit = Math.Max(0, _credit - PacketUnits);
                }
                else
                {
                    Miss(PacketUnits);
                }
            }
        }

        private void Miss(int units)
        {
            _credit = Math.Max(0, _credit - units);
            _late += units;
        }
    }
}
