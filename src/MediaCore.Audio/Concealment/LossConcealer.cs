namespace MediaCore.Audio.Concealment;

/// <summary>
/// Conceals lost packets of waveform codecs by repeating the last pitch periods, after ITU-T G.711 Appendix I: the period is where the last 20 ms correlate best with what came before; the first 10 ms repeat one
/// period, the next two, then three, blended into each other by overlap-add over a quarter of a period; from 10 ms on it gets quieter by 20 % in 10 ms, and after 60 ms it is silent. The sound after a loss is blended in.
/// For 8 and 16 kHz. The output is later than the input by <see cref="DelaySamples"/> (3.75 ms), so that the sound before a loss can still be blended.
/// Allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class LossConcealer
{
    // Milliseconds of the Appendix: blocks of 10, pitch from 5 to 15 (200 to 66 Hz), correlation over 20.
    private const int MaxConcealedBlocks = 6;
    private const float LossPerBlock = 0.2f;

    private readonly short[] _history;
    private readonly short[] _original;
    private readonly float[] _period;
    private readonly short[] _blend;
    private readonly int _block;
    private readonly int _minPitch;
    private readonly int _maxPitch;

    private int _lost;
    private int _pitch;
    private int _length;
    private int _offset;

    /// <summary>A concealer for 8000 or 16000 samples per second.</summary>
    public LossConcealer(int sampleRateHz)
    {
        if (sampleRateHz is not (8000 or 16000))
        {
            throw new ArgumentOutOfRangeException(nameof(sampleRateHz), sampleRateHz, "8000 or 16000 samples per second.");
        }

        _block = sampleRateHz / 100;
        _minPitch = sampleRateHz / 200;
        _maxPitch = 3 * _minPitch;
        DelaySamples = _maxPitch / 4;
        _history = new short[(3 * _maxPitch) + DelaySamples];
        _original = new short[_history.Length];
        _period = new float[_history.Length];
        _blend = new short[_block];
    }

    /// <summary>Samples in 10 ms: every frame is a multiple of it.</summary>
    public int BlockSamples => _block;

    /// <summary>By how much the output is later than the input.</summary>
    public int DelaySamples { get; }

    /// <summary>Forgets everything, for another stream.</summary>
    public void Reset()
    {
        _history.AsSpan().Clear();
        _lost = 0;
    }

    /// <summary>Takes a frame that came and replaces it by the output of its time; what is no multiple of <see cref="BlockSamples"/> at its end is taken as it is.</summary>
    public void Receive(Span<short> frame)
    {
        if (_lost > 0 && !frame.IsEmpty)
        {
            BlendIn(frame);
            _lost = 0;
        }

        while (!frame.IsEmpty)
        {
            int length = Math.Min(_block, frame.Length);
            Append(frame[..length]);
            frame = frame[length..];
        }
    }

    /// <summary>Fills a frame that did not come.</summary>
    public void Conceal(Span<short> frame)
    {
        while (!frame.IsEmpty)
        {
            int length = Math.Min(_block, frame.Length);
            ConcealBlock(frame[..length]);
            frame = frame[length..];
        }
    }

    private void ConcealBlock(Span<short> block)
    {
        if (_lost == 0)
        {
            _pitch = FindPitch();
            _history.AsSpan().CopyTo(_original);
            for (int i = 0; i < _period.Length; i++)
            {
                _period[i] = _history[i];
            }

            Lengthen(1);
            _offset = 0;

            // The last quarter period was not heard yet: it flows into the repetition.
            int quarter = _pitch / 4;
            for (int i = _history.Length - quarter; i < _history.Length; i++)
            {
                _history[i] = (short)MathF.Round(_period[i]);
            }

            Synthesize(block, 0);
        }
        else if (_lost is 1 or 2)
        {
            int quarter = _pitch / 4;
            Span<short> before = _blend.AsSpan(0, Math.Min(quarter, block.Length));
            int offset = _offset;
            Synthesize(before, _lost);

            // Another period more, from the same phase.
            _offset = offset % _pitch;
            Lengthen(_lost + 1);
            Synthesize(block, _lost);
            CrossFade(before, block);
        }
        else
        {
            Synthesize(block, _lost);
        }

        _lost = Math.Min(_lost + 1, MaxConcealedBlocks);
        Append(block);
    }

    /// <summary>Makes the repeated stretch so many periods long; its end is blended with what came before its start.</summary>
    private void Lengthen(int periods)
    {
        _length = periods * _pitch;
        int quarter = _pitch / 4;
        int end = _history.Length;
        for (int i = 0; i < quarter; i++)
        {
            float weight = (i + 1f) / (quarter + 1);
            _period[end - quarter + i] = (_original[end - quarter + i] * (1 - weight)) + (_original[end - _length - quarter + i] * weight);
        }
    }

    private void Synthesize(Span<short> target, int block)
    {
        float gain = block >= MaxConcealedBlocks ? 0 : 1 - (LossPerBlock * Math.Max(0, block - 1));
        float step = block is 0 or >= MaxConcealedBlocks ? 0 : LossPerBlock / _block;
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = (short)MathF.Round(_period[_period.Length - _length + _offset] * Math.Max(0, gain));
            gain -= step;
            _offset = _offset + 1 == _length ? 0 : _offset + 1;
        }
    }

    /// <summary>The repetition goes on below the first sound after the loss: a quarter period, and 4 ms more for every 10 ms lost, 10 ms at most.</summary>
    private void BlendIn(Span<short> frame)
    {
        int length = Math.Min(Math.Min((_pitch / 4) + ((_lost - 1) * _block * 4 / 10), _block), frame.Length);
        Span<short> rest = _blend.AsSpan(0, length);
        Synthesize(rest, _lost);
        CrossFade(rest, frame);
    }

    private static void CrossFade(ReadOnlySpan<short> from, Span<short> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            float weight = (i + 1f) / (from.Length + 1);
            to[i] = (short)MathF.Round((from[i] * (1 - weight)) + (to[i] * weight));
        }
    }

    /// <summary>Appends to the history, and replaces the block by what is due now.</summary>
    private void Append(Span<short> block)
    {
        Span<short> history = _history;
        history[block.Length..].CopyTo(history);
        block.CopyTo(history[^block.Length..]);
        history.Slice(history.Length - block.Length - DelaySamples, block.Length).CopyTo(block);
    }

    /// <summary>The lag at which the last 20 ms look most like what came before them.</summary>
    private int FindPitch()
    {
        int window = 2 * _block;
        ReadOnlySpan<short> last = _history.AsSpan(_history.Length - window);
        int best = _maxPitch;
        float bestScore = float.MinValue;
        for (int lag = _minPitch; lag <= _maxPitch; lag++)
        {
            ReadOnlySpan<short> earlier = _history.AsSpan(_history.Length - window - lag, window);
            float product = 0;
            float energy = 1;
            for (int i = 0; i < window; i++)
            {
                product += (float)last[i] * earlier[i];
                energy += (float)earlier[i] * earlier[i];
            }

            float score = product / MathF.Sqrt(energy);
            if (score > bestScore)
            {
                bestScore = score;
                best = lag;
            }
        }

        return best;
    }
}
