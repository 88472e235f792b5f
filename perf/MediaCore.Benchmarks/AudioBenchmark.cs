using BenchmarkDotNet.Attributes;
using MediaCore.Audio.Concealment;
using MediaCore.Audio.Dtmf;
using MediaCore.Audio.G722;
using MediaCore.Audio.Tests.Quality;

namespace MediaCore.Benchmarks;

/// <summary>What is done to 20 ms of sound.</summary>
[MemoryDiagnoser]
public class AudioBenchmark
{
    private readonly G722Encoder _encoder = new();
    private readonly G722Decoder _decoder = new();
    private readonly LossConcealer _concealer = new(8000);
    private readonly DtmfDetector _dtmf = new();
    private readonly short[] _voice = Signals.Vowel(16_000, 16_000, 120);
    private readonly short[] _samples = new short[320];
    private readonly byte[] _codes = new byte[160];
    private int _turn;

    [Benchmark]
    public int G722Encode() => _encoder.Encode(_voice.AsSpan(_turn++ % 50 * 320, 320), _codes);

    [Benchmark]
    public int G722Decode() => _decoder.Decode(_codes, _samples);

    [Benchmark]
    public int Dtmf() => _dtmf.Process(_voice.AsSpan(_turn++ % 100 * 160, 160), out _);

    [Benchmark]
    public void Concealer()
    {
        // One packet in ten is lost.
        Span<short> frame = _samples.AsSpan(0, 160);
        if (_turn++ % 10 == 0)
        {
            _concealer.Conceal(frame);
        }
        else
        {
            _voice.AsSpan(_turn % 100 * 160, 160).CopyTo(frame);
            _concealer.Receive(frame);
        }
    }
}

/// <summary>20 ms encoded and decoded.</summary>
internal sealed class G722Allocation : IAllocationSubject
{
    private readonly AudioBenchmark _benchmark = new();

    public string Name => "G722.Frame";

    public void Run()
    {
        _benchmark.G722Encode();
        _benchmark.G722Decode();
    }
}

/// <summary>20 ms received or concealed.</summary>
internal sealed class LossConcealerAllocation : IAllocationSubject
{
    private readonly AudioBenchmark _benchmark = new();

    public string Name => "LossConcealer.Frame";

    public void Run() => _benchmark.Concealer();
}

/// <summary>20 ms searched for digits.</summary>
internal sealed class DtmfAllocation : IAllocationSubject
{
    private readonly AudioBenchmark _benchmark = new();

    public string Name => "Dtmf.Frame";

    public void Run() => _benchmark.Dtmf();
}
