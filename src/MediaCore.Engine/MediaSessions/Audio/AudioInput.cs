using MediaCore.Audio.Codecs;
using MediaCore.Audio.ComfortNoise;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.TimeScaling;
using MediaCore.Primitives;
using MediaCore.Rtp.Jitter;
using MediaCore.Rtp.Packets;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// What a party says: packets go in as they come, 20 ms of sound at the session's rate come out at each tick. In between: the jitter buffer, a decoder by payload type, concealment of what is lost (or its redundancy),
/// time-scaling where the delay has to change, comfort noise where the sender is silent. Pooled with its party; allocates nothing while a stream goes on.
/// </summary>
internal sealed class AudioInput
{
    private const int MaxPacketMilliseconds = JitterBufferLimits.MaxPacketMilliseconds;

    /// <summary>Room for the longest packet at the highest rate, and what time-scaling may add.</summary>
    public const int ScratchSamples = (AudioLimits.MaxSampleRateHz * MaxPacketMilliseconds / 1000) + (AudioLimits.MaxSampleRateHz / 80);

    private readonly JitterBuffer _buffer = new(JitterBufferOptions.Default);
    private readonly Slot[] _slots = new Slot[AudioLimits.MaxDecoders];
    private readonly ComfortNoiseGenerator _noise = new();
    private readonly CodecPool _codecs;
    private readonly AudioStatistics _statistics;
    private readonly short[] _scratch;

    private AudioFormatList _formats;
    private readonly StreamResampler?[] _resamplers = new StreamResampler?[AudioLimits.MaxDecoders];
    private int _appendedRateHz;
    private VoiceActivityDetector _activity;
    private short[] _pending = [];
    private int _count;
    private int _sampleRateHz;
    private int _clockHz = 8000;
    private int _nextSlot;
    private int _current = -1;
    private bool _speech;
    private bool _hasNoise;
    private int _starvedFrames;
    private bool _soundInFrame;

    /// <summary>An input that decodes into <paramref name="scratch"/>, of <see cref="ScratchSamples"/>, which all of its shard share.</summary>
    public AudioInput(CodecPool codecs, AudioStatistics statistics, short[] scratch)
    {
        _scratch = scratch;
        _codecs = codecs;
        _statistics = statistics;
    }

    /// <summary>What the jitter buffer did.</summary>
    public ref readonly JitterBufferStatistics Buffer => ref _buffer.Statistics;

    /// <summary>The delay that the jitter buffer aims at.</summary>
    public TimeSpan TargetDelay => _buffer.TargetDelay;

    /// <summary>The codec that was decoded last; null before the first packet.</summary>
    public CodecDescriptor? LastCodec { get; private set; }

    /// <summary>Whether nothing comes: no stream yet, or none any more for <see cref="AudioLimits.MaxStarvedFrames"/>.</summary>
    public bool IsSilent { get; private set; } = true;

    /// <summary>Whether what was read last is speech.</summary>
    public bool IsSpeech => _speech && !IsSilent;

    /// <summary>Milliseconds played, concealed ones among them.</summary>
    public long PlayedMilliseconds { get; private set; }

    /// <summary>Milliseconds that had to be concealed.</summary>
    public long ConcealedMilliseconds { get; private set; }

    /// <summary>Payloads that could not be decoded.</summary>
    public long DecodeErrors { get; private set; }

    /// <summary>Sum of the target delay in ms over the frames read; with <see cref="ReadFrames"/> its mean.</summary>
    public long DelayMilliseconds { get; private set; }

    /// <summary>Frames read.</summary>
    public long ReadFrames { get; private set; }

    /// <summary>Takes what was negotiated, again after each change of it. Decoders whose payload type means the same as before go on.</summary>
    public void Configure(in AudioFormatList formats, int sampleRateHz)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            ref Slot slot = ref _slots[i];
            if (slot.Decoder is null)
            {
                continue;
            }

            bool same = sampleRateHz == _sampleRateHz && formats.TryFind(slot.PayloadType, out int index) && ReferenceEquals(AudioFormatCodec.Find(formats, index), slot.Codec);
            if (!same)
            {
                Release(ref slot);
                _current = _current == i ? -1 : _current;
            }
        }

        _formats = formats;
        if (sampleRateHz != _sampleRateHz)
        {
            _sampleRateHz = sampleRateHz;
            Array.Clear(_resamplers);
            _appendedRateHz = 0;
            _count = 0;
            int room = sampleRateHz * (MaxPacketMilliseconds + (2 * AudioLimits.FrameMilliseconds)) / 1000;
            _pending = _pending.Length >= room ? _pending : new short[room];
        }
    }

    /// <summary>Forgets everything, for use by another party.</summary>
    public void Clear()
    {
        foreach (ref Slot slot in _slots.AsSpan())
        {
            Release(ref slot);
        }

        _buffer.Reset();
        _appendedRateHz = 0;
        _activity = default;
        _formats = default;
        _count = _nextSlot = _starvedFrames = _sampleRateHz = 0;
        _current = -1;
        LastCodec = null;
        _speech = _hasNoise = _soundInFrame = false;
        IsSilent = true;
        PlayedMilliseconds = ConcealedMilliseconds = DecodeErrors = DelayMilliseconds = ReadFrames = 0;
    }

    /// <summary>What a payload type of this party stands for; false when it was not negotiated or cannot be decoded.</summary>
    public bool TryClassify(byte payloadType, out PacketKind kind, out CodecDescriptor? codec)
    {
        kind = PacketKind.Other;
        codec = null;
        if (_current >= 0 && _slots[_current].PayloadType == payloadType)
        {
            kind = PacketKind.Audio;
            codec = _slots[_current].Codec;
            return true;
        }

        if (!_formats.TryFind(payloadType, out int index))
        {
            return false;
        }

        switch (_formats[index].Codec)
        {
            case AudioCodec.TelephoneEvent:
                return true;
            case AudioCodec.ComfortNoise:
                kind = PacketKind.ComfortNoise;
                return true;
            default:
                kind = PacketKind.Audio;
                codec = AudioFormatCodec.Find(_formats, index);
                return codec is not null;
        }
    }

    /// <summary>Takes a packet from an accepted source.</summary>
    public void Receive(in RtpPacket packet, Timestamp now)
    {
        if (!TryClassify(packet.PayloadType, out PacketKind kind, out CodecDescriptor? codec))
        {
            _statistics.UnknownPayloads++;
            return;
        }

        int units = 0;
        if (codec is not null)
        {
            if (codec.RtpClockHz != _clockHz)
            {
                _clockHz = codec.RtpClockHz;
                _buffer.ChangeClock(_clockHz);
            }

            units = GetUnits(codec, packet.Payload);
        }

        _buffer.Put(now, packet.SequenceNumber, packet.Timestamp, packet.Ssrc, packet.Marker, kind, packet.PayloadType, units, packet.Payload);
    }

    /// <summary>The next frame.</summary>
    /// <param name="frame">20 ms at the session's rate; all of it is written.</param>
    /// <param name="due">The tick: the frame is what should have been heard in the 20 ms before it, so that all of it can have come.</param>
    public void Read(Span<short> frame, Timestamp due)
    {
        _soundInFrame = false;
        while (_count < frame.Length)
        {
            Advance(due + TimeSpan.FromTicks((_count - frame.Length) * TimeSpan.TicksPerSecond / _sampleRateHz));
        }

        _pending.AsSpan(0, frame.Length).CopyTo(frame);
        _count -= frame.Length;
        _pending.AsSpan(frame.Length, _count).CopyTo(_pending);
        _starvedFrames = _soundInFrame ? 0 : Math.Min(_starvedFrames + 1, AudioLimits.MaxStarvedFrames);
        IsSilent = _current < 0 || _starvedFrames == AudioLimits.MaxStarvedFrames;
        int delay = (int)_buffer.TargetDelay.TotalMilliseconds;
        DelayMilliseconds += delay;
        ReadFrames++;
        _statistics.DelayMilliseconds += delay;
        _statistics.ReadFrames++;
    }

    private static int GetUnits(CodecDescriptor codec, ReadOnlySpan<byte> payload)
    {
        if (ReferenceEquals(codec, CodecDescriptor.Opus))
        {
            return OpusPacket.TryParse(payload, out OpusPacket packet, out _) ? packet.Units : 0;
        }

        // G.722 has two samples in a byte and an RTP clock of half its rate.
        bool isLinear = ReferenceEquals(codec, CodecDescriptor.L16At8000) || ReferenceEquals(codec, CodecDescriptor.L16At16000);
        return isLinear ? payload.Length / 2 : payload.Length;
    }

    /// <summary>Follows one instruction of the jitter buffer.</summary>
    private void Advance(Timestamp at)
    {
        Span<short> scratch = _scratch;
        Playout playout = _buffer.Next(at, _speech);
        int samples;
        int rate;
        switch (playout.Action)
        {
            case PlayoutAction.Play or PlayoutAction.Compress or PlayoutAction.Stretch or PlayoutAction.Skip:
                samples = Decode(playout, scratch, out rate);
                if (playout.Action == PlayoutAction.Skip)
                {
                    return;
                }

                _soundInFrame = true;
                _speech = _activity.IsSpeech(scratch[..samples]);
                samples = Scale(playout, scratch, samples, rate);
                CountPlayed(samples, rate, concealed: false);
                break;
            case PlayoutAction.Conceal or PlayoutAction.Expand:
                samples = Conceal(playout, scratch, out rate);
                CountPlayed(samples, rate, concealed: true);
                break;
            case PlayoutAction.ComfortNoise:
                _soundInFrame = true;
                samples = MakeNoise(playout, scratch, out rate);
                break;
            default:
                rate = _sampleRateHz;
                samples = ToSamples(playout.DurationUnits, rate);
                scratch[..samples].Clear();
                break;
        }

        Append(scratch[..samples], rate);
    }

    private int Decode(in Playout playout, Span<short> scratch, out int rate)
    {
        if (TryGetDecoder(playout.PayloadType) is not { } decoder)
        {
            // Negotiated away while it waited.
            rate = _sampleRateHz;
            int silence = ToSamples(playout.DurationUnits, rate);
            scratch[..silence].Clear();
            return silence;
        }

        rate = decoder.SampleRateHz;
        if (decoder.TryDecode(playout.Payload, scratch, out int samples))
        {
            return samples;
        }

        DecodeErrors++;
        _statistics.DecodeErrors++;
        samples = ToSamples(playout.DurationUnits, rate);
        decoder.Conceal(scratch[..samples], default);
        return samples;
    }

    private static int Scale(in Playout playout, Span<short> scratch, int samples, int rate)
    {
        if (playout.AdjustUnits == 0 || playout.DurationUnits == 0)
        {
            return samples;
        }

        int wanted = (int)((long)playout.AdjustUnits * samples / playout.DurationUnits);
        int most = (int)((long)playout.MostAdjustUnits * samples / playout.DurationUnits);
        return playout.Action switch
        {
            PlayoutAction.Compress => TimeScaler.Compress(scratch[..samples], rate, wanted, most),
            PlayoutAction.Stretch => TimeScaler.Stretch(scratch, samples, rate, wanted, most),
            _ => samples,
        };
    }

    private int Conceal(in Playout playout, Span<short> scratch, out int rate)
    {
        IAudioDecoder? decoder = playout.Following.IsEmpty ? Current : TryGetDecoder(playout.PayloadType);
        rate = decoder?.SampleRateHz ?? _sampleRateHz;
        int samples = ToSamples(playout.DurationUnits, rate);
        if (decoder is null)
        {
            scratch[..samples].Clear();
        }
        else
        {
            decoder.Conceal(scratch[..samples], playout.Following);
        }

        return samples;
    }

    private int MakeNoise(in Playout playout, Span<short> scratch, out int rate)
    {
        IAudioDecoder? decoder = Current;
        rate = decoder?.SampleRateHz ?? _sampleRateHz;
        int samples = ToSamples(playout.DurationUnits, rate);
        _speech = false;
        _hasNoise |= _noise.TryUpdate(playout.Payload);
        if (!_hasNoise && decoder is OpusDecoder opus)
        {
            // libopus remembers the noise behind the speech (RFC 6716 §2.1.9).
            opus.Conceal(scratch[..samples], default);
            return samples;
        }

        if (!_hasNoise)
        {
            // Nothing was said about it: as loud as it was between the words.
            _noise.TryUpdate([NoiseLevel.ToOctet(_activity.NoiseDbov)]);
        }

        _noise.Generate(scratch[..samples]);
        return samples;
    }

    private IAudioDecoder? Current => _current < 0 ? null : _slots[_current].Decoder;

    private IAudioDecoder? TryGetDecoder(byte payloadType)
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].Decoder is { } known && _slots[i].PayloadType == payloadType)
            {
                _current = i;
                LastCodec = _slots[i].Codec;
                return known;
            }
        }

        if (!_formats.TryFind(payloadType, out int index) || AudioFormatCodec.Find(_formats, index) is not { } codec)
        {
            return null;
        }

        ref Slot slot = ref _slots[_nextSlot];
        Release(ref slot);

        // Opus decodes to any of its rates, and then nothing has to be resampled.
        int rate = ReferenceEquals(codec, CodecDescriptor.Opus) ? _sampleRateHz : codec.SampleRateHz;
        slot = new Slot { PayloadType = payloadType, Codec = codec, Decoder = _codecs.RentDecoder(codec, rate) };
        LastCodec = codec;
        _current = _nextSlot;
        _nextSlot = (_nextSlot + 1) % _slots.Length;
        return slot.Decoder;
    }

    private void Release(ref Slot slot)
    {
        if (slot.Decoder is { } decoder)
        {
            _codecs.Return(slot.Codec!, decoder);
            slot = default;
        }
    }

    /// <summary>Samples at a rate for a time in units of the RTP clock; never none, so that every instruction takes time.</summary>
    private int ToSamples(int units, int rate) => Math.Clamp((int)((long)units * rate / _clockHz), 1, rate * MaxPacketMilliseconds / 1000);

    private void Append(ReadOnlySpan<short> samples, int rate)
    {
        bool isOther = rate != _appendedRateHz;
        _appendedRateHz = rate;
        if (rate == _sampleRateHz)
        {
            samples.CopyTo(_pending.AsSpan(_count));
            _count += samples.Length;
            return;
        }

        StreamResampler resampler = GetResampler(rate);
        if (isOther)
        {
            // What it remembers was heard before what came in between.
            resampler.Reset();
        }

        // A packet can be longer than the resampler takes at once.
        while (!samples.IsEmpty)
        {
            int piece = Math.Min(samples.Length, resampler.MaxInputSamples);
            _count += resampler.Convert(samples[..piece], _pending.AsSpan(_count));
            samples = samples[piece..];
        }
    }

    /// <summary>The resampler from a decoder's rate, kept for a peer that comes back to it: there are fewer rates than decoders.</summary>
    private StreamResampler GetResampler(int rate)
    {
        int free = 0;
        for (int i = 0; i < _resamplers.Length; i++)
        {
            if (_resamplers[i] is not { } known)
            {
                free = i;
            }
            else if (known.InputRateHz == rate)
            {
                return known;
            }
        }

        if (!StreamResampler.TryCreate(rate, _sampleRateHz, out StreamResampler? made))
        {
            throw new InvalidOperationException($"No resampler from {rate} to {_sampleRateHz}.");
        }

        _resamplers[free] = made;
        return made;
    }

    private void CountPlayed(int samples, int rate, bool concealed)
    {
        if (concealed && _starvedFrames > AudioLimits.MaxConcealedFrames)
        {
            // It has stopped sending: that is no loss.
            return;
        }

        int milliseconds = samples * 1000 / rate;
        PlayedMilliseconds += milliseconds;
        _statistics.PlayedMilliseconds += milliseconds;
        if (concealed)
        {
            ConcealedMilliseconds += milliseconds;
            _statistics.ConcealedMilliseconds += milliseconds;
        }
    }

    private struct Slot
    {
        public byte PayloadType;
        public CodecDescriptor? Codec;
        public IAudioDecoder? Decoder;
    }
}
