namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>The SplitMix64 generator, so that a seed gives the same trace with every version of the runtime.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    public double Uniform()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    public double Uniform(double low, double high) => low + ((high - low) * Uniform());

    public double Exponential(double mean) => -mean * Math.Log(1 - Uniform());

    public bool Chance(double probability) => Uniform() < probability;
}
