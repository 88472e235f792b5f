using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;

namespace MediaCore.Benchmarks;

/// <summary>What a received datagram pays for its memory.</summary>
[MemoryDiagnoser]
public class PacketBufferPoolBenchmark
{
    private readonly PacketBufferPool _pool = new(2048, 4096);

    [Benchmark]
    public void RentAndReturn() => _pool.TryRent()!.Return();
}

/// <summary>Rent, fill, return.</summary>
internal sealed class PacketBufferPoolAllocation : IAllocationSubject
{
    private readonly PacketBufferPool _pool = new(2048, 256);

    public string Name => "PacketBufferPool.RentReturn";

    public void Run()
    {
        PacketBuffer first = _pool.Rent();
        PacketBuffer second = _pool.Rent();
        first.Length = 172;
        first.Span.Fill(0x7f);
        first.Return();
        second.Return();
    }
}
