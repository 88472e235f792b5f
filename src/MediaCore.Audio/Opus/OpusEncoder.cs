using MediaCore.Audio.Codecs;

namespace MediaCore.Audio.Opus;

/// <summary>Opus by libopus, encoding. Allocates nothing after construction. Owned by its shard.</summary>
public sealed class OpusEncoder : IAudioEncoder
{
    private readonly OpusEncoderHandle _encoder;
    private readonly bool _discontinuous;

    /// <summary>An encoder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">libopus is missing (the message says what to install) or refuses.</exception>
    public OpusEncoder(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        OpusLibrary.Require();
        SampleRateHz = options.SampleRateHz;
        Channels = options.Channels;
        FrameSamples = options.PacketSamples;
        _discontinuous = options.DiscontinuousTransmission;
        _encoder = NativeOpus.CreateEncoder(options.SampleRateHz, options.Channels, NativeOpus.ApplicationVoip, out int error);
        Check(error, "opus_encoder_create");
        Set(NativeOpus.SetSignal, (int)options.Signal);
        Set(NativeOpus.SetBitrate, options.BitrateBitsPerSecond);
        Set(NativeOpus.SetComplexity, options.Complexity);
        Set(NativeOpus.SetVariableBitrate, options.ConstantBitrate ? 0 : 1);
        Set(NativeOpus.SetInBandFec, options.InBandFec ? 1 : 0);
        Set(NativeOpus.SetExpectedLoss, options.ExpectedLossPercent);
        Set(NativeOpus.SetDiscontinuous, options.DiscontinuousTransmission ? 1 : 0);
        Set(NativeOpus.SetMaxBandwidth, (int)options.MaxBandwidth);
        if (options.ForceMono)
        {
            Set(NativeOpus.SetForceChannels, 1);
        }

        DelaySamples = ReadLookahead();
    }

    /// <inheritdoc/>
    public int SampleRateHz { get; }

    /// <inheritdoc/>
    public int Channels { get; }

    /// <inheritdoc/>
    public int FrameSamples { get; }

    /// <summary>By how many samples a decoder's output is later than the input.</summary>
    public int DelaySamples { get; }

    /// <summary>Encodes one packet of <see cref="FrameSamples"/> for each channel, interleaved. The packet is as long as <paramref name="payload"/> at most: the encoder lowers its rate for it.</summary>
    /// <returns>Bytes; 0 when it is silence that is not sent (RFC 7587 §3.1.3).</returns>
    /// <exception cref="ArgumentException">Another number of samples, or less room than <see cref="OpusLimits.MinOutputBytes"/>.</exception>
    public unsafe int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        if (samples.Length != FrameSamples * Channels || payload.Length < OpusLimits.MinOutputBytes)
        {
            throw new ArgumentException($"A packet is of {FrameSamples * Channels} samples, and its room of {OpusLimits.MinOutputBytes} bytes at least.", nameof(samples));
        }

        int bytes;
        fixed (short* input = samples)
        fixed (byte* output = payload)
        {
            bytes = NativeOpus.Encode(_encoder, input, FrameSamples, output, payload.Length);
        }

        Check(Math.Min(bytes, 0), "opus_encode");

        // A packet of a byte or two holds no frame: it need not be sent.
        return bytes <= 2 && _discontinuous ? 0 : bytes;
    }

    /// <summary>Adapts the redundancy to the loss that the other side reports, 0 to 100 percent; what is beyond is taken as the end of the range.</summary>
    public void SetExpectedLoss(int percent) => Set(NativeOpus.SetExpectedLoss, Math.Clamp(percent, 0, 100));

    /// <inheritdoc/>
    public void Reset() => Set(NativeOpus.ResetState, 0);

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private static void Check(int error, string call)
    {
        if (error < 0)
        {
            throw new InvalidOperationException($"{call} failed with {error}.");
        }
    }

    private void Set(int request, int value) => Check(NativeOpus.Control(_encoder, request, value), "opus_encoder_ctl " + request.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private unsafe int ReadLookahead()
    {
        int samples;
        Check(NativeOpus.Control(_encoder, NativeOpus.GetLookahead, (nint)(&samples)), "opus_encoder_ctl");
        return samples;
    }
}
