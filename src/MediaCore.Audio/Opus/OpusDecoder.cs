using MediaCore.Audio.Codecs;

namespace MediaCore.Audio.Opus;

/// <summary>
/// Opus by libopus, decoding. A payload is checked by <see cref="OpusPacket"/> before libopus sees it; no payload throws. Allocates nothing after construction. Owned by its shard.
/// </summary>
public sealed class OpusDecoder : IAudioDecoder
{
    private readonly OpusDecoderHandle _decoder;
    private readonly short[] _rest;
    private readonly int _step;

    /// <summary>A decoder to any rate and number of channels, whatever the sender coded.</summary>
    /// <param name="sampleRateHz">8000, 12000, 16000, 24000 or 48000.</param>
    /// <param name="channels">1 or 2, interleaved.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another rate or number.</exception>
    /// <exception cref="InvalidOperationException">libopus is missing (the message says what to install).</exception>
    public OpusDecoder(int sampleRateHz = 48_000, int channels = 1)
    {
        new OpusEncoderOptions { SampleRateHz = sampleRateHz, Channels = channels }.Validate();
        OpusLibrary.Require();
        SampleRateHz = sampleRateHz;
        Channels = channels;
        _step = sampleRateHz / 400;
        _rest = new short[_step * channels];
        _decoder = NativeOpus.CreateDecoder(sampleRateHz, channels, out int error);
        if (error < 0)
        {
            throw new InvalidOperationException($"opus_decoder_create failed with {error}.");
        }
    }

    /// <inheritdoc/>
    public int SampleRateHz { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int DelaySamples => 0;

    /// <summary>Frames of missing sound that were read from the redundancy of the packet after them.</summary>
    public long Recovered { get; private set; }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> payload, Span<short> samples, out int samplesPerChannel)
    {
        samplesPerChannel = 0;
        if (!OpusPacket.TryParse(payload, out OpusPacket packet, out _) || packet.SamplesAt(SampleRateHz) * Channels > samples.Length)
        {
            return false;
        }

        int count = Decode(payload, samples, samples.Length / Channels, redundancy: false);
        samplesPerChannel = Math.Max(0, count);
        return count > 0;
    }

    /// <summary>
    /// Fills time that no packet came for: the end of it from the redundancy in the packet that follows, where it has any, the rest by libopus' own concealment. The packet itself is then decoded as ever.
    /// </summary>
    /// <param name="samples">All of it is filled, interleaved.</param>
    /// <param name="following">The payload right after the missing one, or empty.</param>
    public void Conceal(Span<short> samples, ReadOnlySpan<byte> following)
    {
        int redundant = 0;
        if (OpusPacket.TryParse(following, out OpusPacket packet, out _) && packet.HasRedundancy)
        {
            // The redundancy is of the frame right before the packet's first.
            int frame = packet.FrameUnits / (48_000 / SampleRateHz) * Channels;
            redundant = frame <= samples.Length ? frame : 0;
        }

        ConcealAll(samples[..^redundant]);
        if (redundant == 0)
        {
            return;
        }

        Span<short> last = samples[^redundant..];
        if (Decode(following, last, redundant / Channels, redundancy: true) == redundant / Channels)
        {
            Recovered++;
        }
        else
        {
            ConcealAll(last);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // Without an argument in C.
        int error = NativeOpus.Control(_decoder, NativeOpus.ResetState, 0);
        if (error < 0)
        {
            throw new InvalidOperationException($"opus_decoder_ctl failed with {error}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    /// <summary>Steps of 2.5 ms up to 120 ms at a time, as libopus wants; what is less at the end is cut from one step more.</summary>
    private void ConcealAll(Span<short> samples)
    {
        int most = 48 * _step;
        while (samples.Length >= _rest.Length)
        {
            int count = Math.Min(samples.Length / Channels / _step * _step, most);
            if (Decode([], samples, count, redundancy: false) != count)
            {
                samples[..(count * Channels)].Clear();
            }

            samples = samples[(count * Channels)..];
        }

        if (!samples.IsEmpty)
        {
            if (Decode([], _rest, _step, redundancy: false) != _step)
            {
                _rest.AsSpan().Clear();
            }

            _rest.AsSpan(0, samples.Length).CopyTo(samples);
        }
    }

    private unsafe int Decode(ReadOnlySpan<byte> payload, Span<short> samples, int samplesPerChannel, bool redundancy)
    {
        fixed (byte* input = payload)
        fixed (short* output = samples)
        {
            return NativeOpus.Decode(_decoder, input, payload.Length, output, samplesPerChannel, redundancy ? 1 : 0);
        }
    }
}
