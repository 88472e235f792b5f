using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;

namespace MediaCore.Benchmarks;

/// <summary>One packet of 20 ms into a jitter buffer and out of it, with jitter, loss and reordering.</summary>
[MemoryDiagnoser]
public class JitterBufferBenchmark
{
    private readonly JitterBuffer _buffer = new(JitterBufferOptions.Default);
    private readonly byte[] _payload = new byte[160];
    private Timestamp _at;
    private int _number;

    /// <summary>What was played so far.</summary>
    public long Played => _buffer.Statistics.Played;

    [Benchmark]
    public int Packet()
    {
        int number = _number++ ^ (_number % 50 == 0 ? 1 : 0);
        Timestamp now = new((_number * 20_000_000L) + (_number * 7919L % 9_000_000));
        if (number % 100 != 0)
        {
            _buffer.Put(now, (ushort)number, (uint)(number * 160), 1, marker: false, PacketKind.Audio, 0, 160, _payload);
        }

        int bytes = 0;
        while (_at < now)
        {
            Playout playout = _buffer.Next(_at, speech: number % 200 < 100);
            bytes += playout.Payload.Length;
            int units = playout.DurationUnits + (playout.Action == PlayoutAction.Stretch ? playout.AdjustUnits : -playout.AdjustUnits);
            _at = new Timestamp(_at.Nanoseconds + (units * 125_000L));
        }

        return bytes;
    }
}

/// <summary>The same as an allocation subject.</summary>
internal sealed class JitterBufferAllocation : IAllocationSubject
{
    private readonly JitterBufferBenchmark _benchmark = new();

    public string Name => "JitterBuffer.Packet";

    public void Run() => _benchmark.Packet();
}
