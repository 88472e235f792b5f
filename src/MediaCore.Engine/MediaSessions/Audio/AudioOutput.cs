using MediaCore.Audio.Codecs;
using MediaCore.Audio.ComfortNoise;
using MediaCore.Audio.Opus;
using MediaCore.Audio.Resampling;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// What is sent to a party: 20 ms of sound at the session's rate go in at each tick, packets of the peer's packet time come out, in one stream of our own (SSRC, sequence numbers, timestamps; RFC 3550 §5.1).
/// A telephone event takes the sound's place in the stream while it lasts (RFC 4733 §2.5.1). Pooled with its party; allocates nothing while a stream goes on.
/// </summary>
internal sealed class AudioOutput
{
    // 60 ms of L16 at 48 kHz would be 5,760; what is longer than a datagram is never asked for.
    private const int MaxPacketBytes = 1500;

    private const byte NoPayloadType = 0xff;

    private static readonly TimeSpan s_eventGap = TimeSpan.FromMilliseconds(100);

    private readonly CodecPool _codecs;
    private readonly AudioStatistics _statistics;
    private readonly IAudioSender _sender;
    private readonly IdentifierSource _identifiers;
    private readonly byte[] _packet = new byte[MaxPacketBytes];

    private EncoderKind _kind;
    private IAudioEncoder? _encoder;
    private StreamResampler? _resampler;
    private short[] _pending = [];
    private int _count;
    private int _sampleRateHz;
    private byte _payloadType;
    private byte _eventPayloadType;
    private uint _eventClockHz;
    private byte _noisePayloadType = NoPayloadType;
    private NoiseDescriber? _noise;
    private uint _ssrc;
    private ushort _sequence;
    private uint _timestamp;
    private bool _marker;
    private Timestamp _nextDue;
    private bool _wasShared;
    private TelephoneEventTranslator _forwarded;
    private TelephoneEventTranslator _own;
    private Timestamp _eventUntil;

    public AudioOutput(CodecPool codecs, AudioStatistics statistics, IAudioSender sender, IdentifierSource identifiers)
    {
        _codecs = codecs;
        _statistics = statistics;
        _sender = sender;
        _identifiers = identifiers;
    }

    /// <summary>The codec that is sent; null when the peer takes none that we have.</summary>
    public CodecDescriptor? Codec => _encoder is null ? null : _kind.Codec;

    /// <summary>Packets of sound that were made.</summary>
    public long Packets { get; private set; }

    /// <summary>Sound in a packet.</summary>
    public int PacketMilliseconds => _kind.PacketMilliseconds;

    /// <summary>Whether the peer takes telephone events.</summary>
    public bool TakesEvents => _eventClockHz != 0;

    /// <summary>Clock of the peer's telephone events in Hz; 0 when it takes none.</summary>
    public uint EventClockHz => _eventClockHz;

    /// <summary>Whether silences are described by comfort noise (RFC 3389) in place of being coded.</summary>
    public bool SendsNoise => _encoder is not null && _noisePayloadType != NoPayloadType;

    /// <summary>Grows with each change of the encoder.</summary>
    public int Version { get; private set; }

    /// <summary>The kind of encoder that another one of the same kind may take the place of, tick by tick; null where packets are not of one tick.</summary>
    public EncoderKind? SharedKind => _encoder is not null && _kind.PacketMilliseconds == AudioLimits.FrameMilliseconds ? _kind : null;

    /// <summary>Takes what was negotiated, again after each change of it. The stream goes on as long as its clock stays the same (RFC 7160 §4).</summary>
    /// <param name="terms">What the peer wants.</param>
    /// <param name="sampleRateHz">Rate of the session.</param>
    /// <param name="opus">How Opus is coded, where the peer does not ask otherwise.</param>
    /// <param name="mayDescribeNoise">Whether comfort noise is sent to a peer that takes it.</param>
    public void Configure(in AudioTerms terms, int sampleRateHz, OpusEncoderOptions opus, bool mayDescribeNoise)
    {
        int index = AudioFormatCodec.FirstIn(terms.Send);
        if (index < 0)
        {
            // Events go in a stream of sound, whose clock they keep: without one there are none.
            Release();
            _eventClockHz = 0;
            return;
        }

        CodecDescriptor codec = AudioFormatCodec.Find(terms.Send, index)!;
        EncoderKind kind = ChooseKind(codec, terms, index, sampleRateHz, opus);
        int clockHz = _encoder is null ? 0 : _kind.Codec.RtpClockHz;
        if (_encoder is null || kind != _kind)
        {
            Release();
            _kind = kind;
            Version++;
            _encoder = _codecs.RentEncoder(kind);
            _noise?.Reset();
            _pending = _pending.Length >= _encoder.FrameSamples * 2 + AudioLimits.MaxFrameSamples ? _pending : new short[(_encoder.FrameSamples * 2) + AudioLimits.MaxFrameSamples];
        }

        if (codec.RtpClockHz != clockHz)
        {
            ulong random = _identifiers.Next();
            _ssrc = (uint)random | 1;
            _sequence = (ushort)(random >> 32);
            _timestamp = (uint)(random >> 24);
            _marker = true;
        }

        if (sampleRateHz != _sampleRateHz)
        {
            _sampleRateHz = sampleRateHz;
            _count = 0;
        }

        SetResampler(sampleRateHz, _encoder.SampleRateHz);
        _payloadType = terms.Send[index].PayloadType;
        ChooseEvents(terms.Send, (uint)codec.RtpClockHz);
        ChooseNoise(terms, codec, mayDescribeNoise);
    }

    /// <summary>Forgets the stream, for use by another party.</summary>
    public void Clear()
    {
        Release();
        _kind = default;
        Packets = 0;
        _resampler?.Reset();
        _sampleRateHz = 0;
        _nextDue = default;
        _wasShared = false;
        _forwarded.Reset();
        _own.Reset();
        _eventUntil = default;
        _eventClockHz = 0;
        _noisePayloadType = NoPayloadType;
        _noise?.Reset();
    }

    /// <summary>Leaves the stream to whoever sends to the leg next; to be followed by <see cref="Clear"/>.</summary>
    public void Leave(MediaLeg leg)
    {
        if (IsSending)
        {
            leg.LeaveOwnStream(new OwnStream(_ssrc, _sequence, unchecked(_timestamp + (uint)_kind.Codec.ToUnits(_count, _encoder!.SampleRateHz)), _nextDue, _kind.Codec.RtpClockHz));
        }
    }

    /// <summary>Whether a stream is being sent, from its first packet on.</summary>
    public bool IsSending => _encoder is not null && _nextDue != default;

    /// <summary>The stream that is being sent: its SSRC and what its clock shows now, for its reports.</summary>
    public bool TryGetStream(Timestamp now, out uint ssrc, out uint rtpTimestamp)
    {
        ssrc = IsSending ? _ssrc : 0;
        rtpTimestamp = IsSending ? unchecked(_timestamp - (uint)(long)((_nextDue - now).TotalSeconds * _kind.Codec.RtpClockHz)) : 0;
        return IsSending;
    }

    /// <summary>Sends the next 20 ms. Where ticks were left out, the stream's time has gone on, and the next packet begins a talkspurt.</summary>
    public void Write(MediaLeg leg, ReadOnlySpan<short> frame, Timestamp due)
    {
        if (_encoder is not { } encoder)
        {
            return;
        }

        CatchUp(leg, due);
        _nextDue = due + TimeSpan.FromMilliseconds(AudioLimits.FrameMilliseconds);
        if (_wasShared)
        {
            // The peer's decoder has followed another encoder: this one begins anew, which makes its first packet depend on none before it.
            _wasShared = false;
            encoder.Reset();
            _resampler?.Reset();
        }

        if (_resampler is { } resampler)
        {
            _count += resampler.Convert(frame, _pending.AsSpan(_count));
        }
        else
        {
            frame.CopyTo(_pending.AsSpan(_count));
            _count += frame.Length;
        }

        while (_count >= encoder.FrameSamples)
        {
            SendPacket(leg, encoder, due);
            _count -= encoder.FrameSamples;
            _pending.AsSpan(encoder.FrameSamples, _count).CopyTo(_pending);
        }
    }

    /// <summary>Sends 20 ms that were encoded for several, by an encoder of <see cref="SharedKind"/>.</summary>
    public void WriteShared(MediaLeg leg, ReadOnlySpan<byte> payload, Timestamp due)
    {
        CatchUp(leg, due);
        _nextDue = due + TimeSpan.FromMilliseconds(AudioLimits.FrameMilliseconds);
        _count = 0;
        _wasShared = true;
        payload.CopyTo(_packet.AsSpan(RtpHeader.MinBytes));
        Send(leg, payload.Length, due);
        _timestamp += (uint)(_kind.Codec.RtpClockHz / AudioLimits.FramesPerSecond);
    }

    /// <summary>Passes on a packet of a telephone event that the other side sent, in this stream and on its clock. False when the peer takes none.</summary>
    /// <param name="leg">Where to.</param>
    /// <param name="packet">What came.</param>
    /// <param name="clockHz">Its clock.</param>
    /// <param name="now">When.</param>
    public bool ForwardEvent(MediaLeg leg, in RtpPacket packet, uint clockHz, Timestamp now)
    {
        if (_eventClockHz == 0)
        {
            return false;
        }

        CatchUp(leg, now);
        return _forwarded.Accept(packet.Timestamp, packet.Ssrc, packet.Payload, clockHz, _eventClockHz, _timestamp) && SendEvents(leg, ref _forwarded, now);
    }

    /// <summary>Sends a packet of an event of our own.</summary>
    /// <param name="leg">Where to.</param>
    /// <param name="number">The same for all packets of the event, another one for the next event.</param>
    /// <param name="value">The event, its length in ms.</param>
    /// <param name="due">The tick.</param>
    public bool SendEvent(MediaLeg leg, uint number, in TelephoneEvent value, Timestamp due)
    {
        if (_eventClockHz == 0)
        {
            return false;
        }

        CatchUp(leg, due);
        Span<byte> payload = stackalloc byte[TelephoneEvent.Bytes];
        value.Write(payload);

        // Nobody counts so many digits that the number's distance could be taken for a segment's.
        return _own.Accept(number << 20, 0, payload, 1000, _eventClockHz, _timestamp) && SendEvents(leg, ref _own, due);
    }

    private bool SendEvents(MediaLeg leg, ref TelephoneEventTranslator events, Timestamp now)
    {
        bool sent = true;
        while (events.TryNext(out TelephoneEvent value, out uint timestamp, out bool marker))
        {
            // The last packets of an event come three times; the sound may go on after the first.
            _eventUntil = value.End ? now : now + s_eventGap;
            value.Write(_packet.AsSpan(RtpHeader.MinBytes));
            RtpHeader.Write(_packet, _eventPayloadType, marker, _sequence++, timestamp, _ssrc);
            sent &= _sender.SendOwn(leg, _packet.AsSpan(0, RtpHeader.MinBytes + TelephoneEvent.Bytes));
        }

        return sent;
    }

    private static EncoderKind ChooseKind(CodecDescriptor codec, in AudioTerms terms, int index, int sampleRateHz, OpusEncoderOptions preferred)
    {
        if (ReferenceEquals(codec, CodecDescriptor.Opus))
        {
            OpusEncoderOptions options = OpusParameters.Parse(terms.Send.GetParameters(index))
                .ToSend(preferred with { SampleRateHz = sampleRateHz, Channels = 1 }, Math.Min(terms.PacketMilliseconds, AudioLimits.MaxPacketMilliseconds), terms.MaxPacketMilliseconds);
            return new EncoderKind { Codec = codec, SampleRateHz = sampleRateHz, PacketMilliseconds = (int)options.PacketMilliseconds, Opus = options };
        }

        int most = Math.Min(terms.MaxPacketMilliseconds == 0 ? AudioLimits.MaxPacketMilliseconds : terms.MaxPacketMilliseconds, AudioLimits.MaxPacketMilliseconds);

        // A packet has to go into a datagram: L16 at 16 kHz does with 40 ms.
        most = codec.SampleRateHz == 16_000 && codec.RtpClockHz == 16_000 ? Math.Min(most, 40) : most;
        int wanted = Math.Min(terms.PacketMilliseconds == 0 ? AudioLimits.FrameMilliseconds : terms.PacketMilliseconds, most);
        return new EncoderKind { Codec = codec, SampleRateHz = codec.SampleRateHz, PacketMilliseconds = Math.Max(10, wanted / 10 * 10) };
    }

    private void ChooseEvents(in AudioFormatList formats, uint clockHz)
    {
        _eventClockHz = 0;
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].Codec == AudioCodec.TelephoneEvent && (_eventClockHz == 0 || formats[i].ClockRateHz == clockHz))
            {
                _eventClockHz = formats[i].ClockRateHz;
                _eventPayloadType = formats[i].PayloadType;
            }
        }
    }

    /// <summary>Comfort noise on the codec's clock, where both sides have described it. Opus has its own.</summary>
    private void ChooseNoise(in AudioTerms terms, CodecDescriptor codec, bool isWanted)
    {
        _noisePayloadType = NoPayloadType;
        for (int i = 0; isWanted && !ReferenceEquals(codec, CodecDescriptor.Opus) && i < terms.Send.Count; i++)
        {
            if (terms.Send[i].Codec == AudioCodec.ComfortNoise && terms.Send[i].ClockRateHz == codec.RtpClockHz && terms.Receive.TryFindSame(terms.Send, i, out _))
            {
                _noisePayloadType = terms.Send[i].PayloadType;
                _noise ??= new NoiseDescriber();
                return;
            }
        }
    }

    /// <summary>From the session's rate to the encoder's. One that does the same goes on, with what it remembers of the sound.</summary>
    private void SetResampler(int sessionRateHz, int encoderRateHz)
    {
        if (_resampler is { } known && known.InputRateHz == sessionRateHz && known.OutputRateHz == encoderRateHz)
        {
            return;
        }

        _resampler = null;
        if (encoderRateHz != sessionRateHz && !StreamResampler.TryCreate(sessionRateHz, encoderRateHz, out _resampler))
        {
            throw new InvalidOperationException($"No resampler from {sessionRateHz} to {encoderRateHz}.");
        }
    }

    /// <summary>Moves the timestamp over the time in which nothing was written.</summary>
    private void CatchUp(MediaLeg leg, Timestamp due)
    {
        if (_nextDue == default)
        {
            _nextDue = due;
            _marker = true;
            if (leg.TakeOwnStream(_kind.Codec.RtpClockHz) is { Ssrc: not 0 } former)
            {
                _ssrc = former.Ssrc;
                _sequence = former.NextSequence;
                _timestamp = former.GetTimestamp(due);
            }
        }
        else if (due > _nextDue)
        {
            // What was begun before the pause is not worth a packet.
            long milliseconds = (due.Nanoseconds - _nextDue.Nanoseconds) / 1_000_000;
            if (milliseconds >= AudioLimits.FrameMilliseconds / 2)
            {
                _timestamp += (uint)((milliseconds * _kind.Codec.RtpClockHz / 1000) + _kind.Codec.ToUnits(_count, _encoder!.SampleRateHz));
                _count = 0;
                _marker = true;
                _nextDue = due;
            }
        }
    }

    private void SendPacket(MediaLeg leg, IAudioEncoder encoder, Timestamp due)
    {
        Span<short> sound = _pending.AsSpan(0, encoder.FrameSamples);
        NoiseVerdict verdict = SendsNoise ? _noise!.Next(sound, encoder.SampleRateHz) : NoiseVerdict.Sound;
        if (verdict == NoiseVerdict.Sound)
        {
            int bytes = encoder.Encode(sound, _packet.AsSpan(RtpHeader.MinBytes));
            _statistics.EncodedFrames++;
            Send(leg, bytes, due);
        }
        else
        {
            // The encoder stands still: so does the peer's decoder, which is not fed meanwhile.
            SendNoise(leg, verdict == NoiseVerdict.Describe, due);
        }

        _timestamp += (uint)_kind.Codec.ToUnits(encoder.FrameSamples, encoder.SampleRateHz);
    }

    private void Send(MediaLeg leg, int bytes, Timestamp due)
    {
        if (bytes == 0 || due < _eventUntil)
        {
            // Silence that need not be sent, or an event speaks in its place.
            _marker |= bytes == 0;
        }
        else
        {
            RtpHeader.Write(_packet, _payloadType, _marker, _sequence++, _timestamp, _ssrc);
            _marker = false;
            Packets++;
            _sender.SendOwn(leg, _packet.AsSpan(0, RtpHeader.MinBytes + bytes));
        }
    }

    /// <summary>A silence: its description where one is due, never with the marker (RFC 3389 §4), which is for the talkspurt after it (RFC 3551 §4.1).</summary>
    private void SendNoise(MediaLeg leg, bool isDue, Timestamp due)
    {
        _marker = true;
        if (isDue && due >= _eventUntil)
        {
            ReadOnlySpan<byte> payload = _noise!.Payload;
            payload.CopyTo(_packet.AsSpan(RtpHeader.MinBytes));
            RtpHeader.Write(_packet, _noisePayloadType, marker: false, _sequence++, _timestamp, _ssrc);
            Packets++;
            _statistics.NoisePackets++;
            _sender.SendOwn(leg, _packet.AsSpan(0, RtpHeader.MinBytes + payload.Length));
        }
    }

    private void Release()
    {
        if (_encoder is { } encoder)
        {
            _codecs.Return(_kind, encoder);
            _encoder = null;
        }

        _count = 0;
    }
}
