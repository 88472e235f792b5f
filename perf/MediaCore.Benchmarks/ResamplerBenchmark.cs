using BenchmarkDotNet.Attributes;
using MediaCore.Audio.Resampling;

namespace MediaCore.Benchmarks;

/// <summary>20 ms of a stream brought to another rate: what a call between G.711 and Opus or G.722 pays for each frame and direction.</summary>
[MemoryDiagnoser]
public class ResamplerBenchmark : IAllocationSubject
{
    private const int FramesPerSecond = 50;

    private readonly Way _up48 = new(8_000, 48_000);
    private readonly Way _down48 = new(48_000, 8_000);
    private readonly Way _up16 = new(8_000, 16_000);
    private readonly Way _down16 = new(16_000, 8_000);

    public string Name => "StreamResampler.Frame";

    public void Run()
    {
        if (From8To48() != 48_000 / FramesPerSecond || From48To8() != 8_000 / FramesPerSecond || From8To16() != 16_000 / FramesPerSecond || From16To8() != 8_000 / FramesPerSecond)
        {
            throw new InvalidOperationException("A frame of 20 ms did not stay one.");
        }
    }

    [Benchmark]
    public int From8To48() => _up48.Convert();

    [Benchmark]
    public int From48To8() => _down48.Convert();

    [Benchmark]
    public int From8To16() => _up16.Convert();

    [Benchmark]
    public int From16To8() => _down16.Convert();

    private sealed class Way
    {
        private readonly StreamResampler _resampler;
        private readonly short[] _input;
        private readonly short[] _output;

        public Way(int fromHz, int toHz)
        {
            _resampler = StreamResampler.TryCreate(fromHz, toHz, out StreamResampler? resampler) ? resampler : throw new InvalidOperationException($"There is no way from {fromHz} to {toHz} Hz.");
            _input = [.. Enumerable.Range(0, fromHz / FramesPerSecond).Select(i => (short)(8_000 * Math.Sin(2 * Math.PI * 440 * i / fromHz)))];
            _output = new short[_resampler.MaxOutputLength(_input.Length)];
        }

        public int Convert() => _resampler.Convert(_input, _output);
    }
}
