namespace MediaCore.Rtp.Jitter;

/// <summary>
/// How far the delays of recent packets lie from where they were expected: a histogram of 1 ms bins that forgets exponentially. Forgetting costs nothing per bin: instead of
/// the old weights shrinking, the new ones grow, and all are scaled back now and then. 4 kB, made once. Owned by its shard.
/// </summary>
internal sealed class DelayHistogram
{
    /// <summary>Bins of 1 ms.</summary>
    public const int Bins = 1024;

    // The bin of a deviation of 0: most packets are at most a little faster than expected, some are much slower.
    private const int ZeroBin = 256;
    private const int BinMicroseconds = 1000;

    // Weight from which on all are scaled back: twice in the memory's length.
    private const double MaxWeight = 8;

    // What is left of a packet when it is dropped for good, so that the lowest and highest bins follow.
    private const float Forgotten = 0.01f;

    private readonly float[] _bins = new float[Bins];
    private readonly double _growth;
    private double _weight;
    private double _total;
    private int _low;
    private int _high;

    /// <summary>A histogram in which 1/e of a packet is left after so many others.</summary>
    public DelayHistogram(int memoryPackets)
    {
        _growth = Math.Exp(1.0 / memoryPackets);
        Reset(0);
    }

    /// <summary>Forgets everything and expects a packet that is so much slower than the others, with the weight of one packet.</summary>
    public void Reset(int slowerMilliseconds)
    {
        Array.Clear(_bins);
        _weight = 1;
        _total = 1;
        _high = Math.Clamp(ZeroBin + slowerMilliseconds, ZeroBin, Bins - 1);
        _low = _high;
        _bins[_high] = 1;
    }

    /// <summary>Counts one packet. What lies outside counts at the end.</summary>
    public void Add(long deviationMicroseconds)
    {
        long shifted = deviationMicroseconds + (ZeroBin * (long)BinMicroseconds);
        int bin = (int)Math.Clamp(shifted / BinMicroseconds, 0, Bins - 1);
        _weight *= _growth;
        _bins[bin] += (float)_weight;
        _total += _weight;
        _low = Math.Min(_low, bin);
        _high = Math.Max(_high, bin);
        if (_weight > MaxWeight)
        {
            ScaleBack();
        }
    }

    /// <summary>
    /// The deviation, in microseconds, at which delay plus loss is cheapest when losing every packet would be worth <paramref name="lossWorthMilliseconds"/> of delay.
    /// </summary>
    public long Cheapest(double lossWorthMilliseconds)
    {
        double perWeight = lossWorthMilliseconds / _total;
        double above = 0;
        double best = double.MaxValue;
        int bestBin = _high;
        for (int bin = _high; bin >= _low; bin--)
        {
            // The cost of waiting for this bin and losing those above it.
            double cost = bin + (above * perWeight);
            if (cost < best)
            {
                best = cost;
                bestBin = bin;
            }

            above += _bins[bin];
        }

        return (bestBin + 1L - ZeroBin) * BinMicroseconds;
    }

    private void ScaleBack()
    {
        float factor = (float)(1 / _weight);
        double total = 0;
        int low = Bins - 1;
        int high = 0;
        for (int bin = _low; bin <= _high; bin++)
        {
            float scaled = _bins[bin] * factor;
            _bins[bin] = scaled < Forgotten ? 0 : scaled;
            if (_bins[bin] > 0)
            {
                low = Math.Min(low, bin);
                high = bin;
                total += _bins[bin];
            }
        }

        _weight = 1;
        _total = total;
        _low = low;
        _high = high;
    }
}
