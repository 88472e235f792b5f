using MediaCore.Primitives;

namespace MediaCore.Rtp.Jitter;

/// <summary>
/// An adaptive jitter buffer as a pure state machine: packets go in with their arrival time, <see cref="Next"/> says what to play at a given time. It decides only; decoding,
/// concealing and time-scaling are the caller's. Owned by its shard. Memory: <see cref="JitterBufferLimits.MaxPackets"/> payloads and slots and 4 kB of histogram, made once;
/// the payloads once more when the first comes that is larger than <see cref="JitterBufferOptions.UsualPayloadBytes"/>. Nothing is allocated beside that, and no input throws or makes it grow further.
/// <para>
/// <see cref="DelayEstimator"/> says how long to wait; the position follows: up by stretching speech or waiting when there is nothing, down by skipping silence and compressing.
/// </para>
/// <para>
/// What <see cref="Next"/> is given is the time at which the sound will be heard. A caller that works in fixed ticks and keeps left-over samples adds their length to its tick.
/// What it really did with an instruction shows in the time it gives next; nothing needs to be reported.
/// </para>
/// </summary>
public sealed class JitterBuffer
{
    // Too little delay is made up for from here on: it costs packets.
    private const int ShortMicroseconds = 250;

    // Too much delay is left alone up to here: time-scaling is not free of artefacts, and the target moves a little all the time.
    private const int LongMicroseconds = 3_000;

    // Speech is shortened or lengthened by at most a quarter of a packet, silence by all of it.
    private const int SpeechAdjustDivisor = 4;

    // Without silence and time-scaling, or when something went wrong: from here on whole packets of speech are skipped.
    private const int MaxExcessMicroseconds = 200_000;

    // Further off is the same as this, which keeps the arithmetic within bounds whatever time a caller gives.
    private const long MaxOffsetMicroseconds = 10_000_000;

    private readonly PacketRing _ring;
    private readonly DelayEstimator _estimator = new();
    private readonly JitterBufferOptions _options;
    private int _clockRateHz;

    private JitterBufferStatistics _statistics;
    private bool _running;
    private bool _playing;
    private bool _quiet;
    private bool _expanded;
    private uint _ssrc;
    private long _highestSequence;
    private long _highestTimestamp;
    private long _baseTimestamp;
    private long _nextSequence;
    private long _nextTimestamp;
    private int _durationUnits;
    private bool _suspect;
    private ushort _suspectSequence;
    private uint _suspectTimestamp;
    private Timestamp _deadline = Timestamp.Never;

    /// <summary>An empty buffer.</summary>
    public JitterBuffer(JitterBufferOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int maxDelay = Math.Clamp(options.MaxDelayMilliseconds, 1, JitterBufferLimits.MaxDelayMilliseconds);
        _options = options with
        {
            ClockRateHz = Math.Clamp(options.ClockRateHz, 1000, 192_000),
            MaxDelayMilliseconds = maxDelay,
            MinDelayMilliseconds = Math.Clamp(options.MinDelayMilliseconds, 0, maxDelay),
            InitialDelayMilliseconds = Math.Clamp(options.InitialDelayMilliseconds, 0, maxDelay),
            DelayPerLossPercentMilliseconds = Math.Clamp(options.DelayPerLossPercentMilliseconds, 1, 1000),
            UsualPayloadBytes = Math.Clamp(options.UsualPayloadBytes, 1, JitterBufferLimits.MaxPayloadBytes),
            MaxPayloadBytes = Math.Clamp(options.MaxPayloadBytes, 1, JitterBufferLimits.MaxPayloadBytes),
        };
        _clockRateHz = _options.ClockRateHz;
        _ring = new PacketRing(_options.UsualPayloadBytes, _options.MaxPayloadBytes);
    }

    /// <summary>What it did so far.</summary>
    public ref readonly JitterBufferStatistics Statistics => ref _statistics;

    /// <summary>Packets that wait.</summary>
    public int Count => _ring.Count;

    /// <summary>When the next instruction is due if the last one was followed as given; <see cref="Timestamp.Never"/> without a stream.</summary>
    public Timestamp NextDeadline => _deadline;

    /// <summary>The delay aimed at, over the fastest packet of late.</summary>
    public TimeSpan TargetDelay => _running ? TimeSpan.FromMicroseconds(_estimator.Target - _estimator.Lowest) : TimeSpan.Zero;

    /// <summary>Forgets the stream, whose successor has another RTP clock; the figures go on.</summary>
    public void ChangeClock(int clockRateHz)
    {
        _clockRateHz = Math.Clamp(clockRateHz, 1000, 192_000);
        _statistics.Flushed += _ring.Clear();
        _running = false;
        _suspect = false;
        _deadline = Timestamp.Never;
    }

    /// <summary>Forgets the stream and the figures, for use in another call.</summary>
    public void Reset()
    {
        _ring.Clear();
        _statistics = default;
        _running = false;
        _suspect = false;
        _deadline = Timestamp.Never;
    }

    /// <summary>Takes a packet.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="sequenceNumber">Sequence number.</param>
    /// <param name="timestamp">RTP timestamp.</param>
    /// <param name="ssrc">SSRC; another one than before ends the stream and begins a new one.</param>
    /// <param name="marker">Marker bit.</param>
    /// <param name="kind">What its payload type stands for.</param>
    /// <param name="payloadType">Payload type, for the decoder.</param>
    /// <param name="durationUnits">Length of the sound in units of the RTP clock; ignored unless it is <see cref="PacketKind.Audio"/>.</param>
    /// <param name="payload">Payload without padding; copied.</param>
    public ArrivalVerdict Put(
        Timestamp now,
        ushort sequenceNumber,
        uint timestamp,
        uint ssrc,
        bool marker,
        PacketKind kind,
        byte payloadType,
        int durationUnits,
        ReadOnlySpan<byte> payload)
    {
        _statistics.Received++;
        bool badDuration = kind == PacketKind.Audio && (durationUnits <= 0 || durationUnits > (long)_clockRateHz * JitterBufferLimits.MaxPacketMilliseconds / 1000);
        if (payload.Length > _options.MaxPayloadBytes || badDuration)
        {
            _statistics.Unusable++;
            return ArrivalVerdict.Unusable;
        }

        durationUnits = kind == PacketKind.Audio ? durationUnits : 0;
        if (!_running || ssrc != _ssrc)
        {
            if (kind == PacketKind.Other)
            {
                // Its timestamp may lie before everything that can be played, so it is no start.
                _statistics.OutOfStream++;
                return ArrivalVerdict.OutOfStream;
            }

            _statistics.Restarts += _running ? 1 : 0;
            Start(now, sequenceNumber, timestamp, ssrc, durationUnits, keepTarget: false);
        }
        else if (!Continues(now, sequenceNumber, timestamp, kind))
        {
            if (!_suspect || sequenceNumber != (ushort)(_suspectSequence + 1) || Math.Abs((long)(int)(timestamp - _suspectTimestamp)) > _clockRateHz)
            {
                _suspect = true;
                _suspectSequence = sequenceNumber;
                _suspectTimestamp = timestamp;
                _statistics.OutOfStream++;
                return ArrivalVerdict.OutOfStream;
            }

            _statistics.Restarts++;
            Start(now, sequenceNumber, timestamp, ssrc, durationUnits, keepTarget: true);
        }

        _suspect = false;
        long sequence = _highestSequence + (short)(sequenceNumber - (ushort)_highestSequence);
        long extended = _highestTimestamp + (int)(timestamp - (uint)_highestTimestamp);
        if (_ring.Contains(sequence))
        {
            _statistics.Duplicates++;
            return ArrivalVerdict.Duplicate;
        }

        if (sequence > _highestSequence)
        {
            _highestSequence = sequence;
            _highestTimestamp = kind == PacketKind.Other ? _highestTimestamp : extended;
        }

        if (kind != PacketKind.Other)
        {
            _estimator.Add(RelativeDelay(now, extended), _options);
        }

        if (sequence < _nextSequence && !_playing && sequence > _highestSequence - JitterBufferLimits.MaxPackets)
        {
            // Nothing was played yet, so the stream begins here.
            _nextSequence = sequence;
        }

        if (sequence < _nextSequence)
        {
            // A second copy of a packet that was played counts here too: nothing is remembered of those.
            _statistics.Late++;
            return ArrivalVerdict.Late;
        }

        MakeRoom(sequence);
        PacketSlot slot = new()
        {
            Sequence = sequence,
            Timestamp = extended,
            DurationUnits = durationUnits,
            PayloadBytes = (ushort)payload.Length,
            PayloadType = payloadType,
            Kind = kind,
            Marker = marker,
        };
        _ring.Add(slot, payload);
        if (!_playing && sequence == _nextSequence)
        {
            _deadline = DueAt(extended);
        }

        return ArrivalVerdict.Queued;
    }

    /// <summary>
    /// What to play at <paramref name="at"/>. After <see cref="PlayoutAction.Skip"/> ask again for the same time; there are at most <see cref="JitterBufferLimits.MaxPackets"/> in a row.
    /// </summary>
    /// <param name="at">When the sound will be heard; not before that of the last call.</param>
    /// <param name="speech">Whether what was decoded last is speech; false lets the delay change faster.</param>
    public Playout Next(Timestamp at, bool speech)
    {
        if (!_running)
        {
            return Fill(at, PlayoutAction.Idle, _clockRateHz / 50);
        }

        while (true)
        {
            PassOver();
            long first = _ring.FirstFrom(_nextSequence);
            if (first < 0)
            {
                return Starve(at);
            }

            ref readonly PacketSlot slot = ref _ring[first];
            long length = ToMicroseconds(_durationUnits);
            if (slot.Kind == PacketKind.Other)
            {
                // Its timestamp does not say when what is missing before it was to be heard.
                if (_playing && Excess(at, _nextTimestamp) < -length / 2)
                {
                    return Starve(at);
                }

                _nextSequence = first;
                continue;
            }

            bool pause = _quiet || !_playing || (slot.Timestamp > _nextTimestamp && (first == _nextSequence || slot.Marker));
            if (pause)
            {
                // The sender was silent up to here, so the packet can be played exactly when it should be.
                int early = UnitsUntil(at, slot.Timestamp);
                if (early > 0)
                {
                    return Fill(at, _playing ? PlayoutAction.ComfortNoise : PlayoutAction.Idle, early);
                }

                _playing = true;
                _nextSequence = first;
            }

            if (first == _nextSequence)
            {
                return slot.Kind == PacketKind.ComfortNoise ? BeginQuiet(at, first) : PlayPacket(at, first, speech);
            }

            // The next packet is missing, later ones are there.
            long excess = Excess(at, _nextTimestamp);
            int units = (int)Math.Clamp(slot.Timestamp - _nextTimestamp, 0, _durationUnits);
            if (excess < -length / 2)
            {
                // There is still time for it to come.
                return Starve(at);
            }

            if (units > 0 && (excess < length || (speech && !_expanded)))
            {
                return Conceal(at, first, units);
            }

            // Its time was filled while nothing was there, or it is silence and there is too much of it, or there was no sound between its neighbours.
            _nextSequence++;
            _nextTimestamp += units;
        }
    }

    /// <summary>There is nothing to play now.</summary>
    private Playout Starve(Timestamp at)
    {
        if (_quiet || !_playing)
        {
            return Fill(at, _playing ? PlayoutAction.ComfortNoise : PlayoutAction.Idle, _durationUnits);
        }

        _expanded = true;
        _statistics.Expanded++;
        return Fill(at, PlayoutAction.Expand, _clockRateHz * JitterBufferLimits.ExpandMilliseconds / 1000);
    }

    private Playout Conceal(Timestamp at, long first, int units)
    {
        bool adjacent = first == _nextSequence + 1 && _ring[first].Kind == PacketKind.Audio;
        Playout conceal = new()
        {
            Action = PlayoutAction.Conceal,
            DurationUnits = units,
            SequenceNumber = (ushort)_nextSequence,
            Timestamp = (uint)_nextTimestamp,
            Following = adjacent ? _ring.Payload(first) : default,
            PayloadType = adjacent ? _ring[first].PayloadType : default,
        };
        _statistics.Concealed++;
        _nextSequence++;
        _nextTimestamp += units;
        _deadline = After(at, units);
        return conceal;
    }

    private Playout BeginQuiet(Timestamp at, long sequence)
    {
        Playout noise = new()
        {
            Action = PlayoutAction.ComfortNoise,
            DurationUnits = _durationUnits,
            Payload = _ring.Payload(sequence),
            PayloadType = _ring[sequence].PayloadType,
            SequenceNumber = (ushort)sequence,
            Timestamp = (uint)_ring[sequence].Timestamp,
        };
        _ring.Remove(sequence);
        _nextSequence = sequence + 1;
        _quiet = true;
        _expanded = false;
        _deadline = After(at, _durationUnits);
        return noise;
    }

    private Playout PlayPacket(Timestamp at, long sequence, bool speech)
    {
        ref readonly PacketSlot slot = ref _ring[sequence];
        _durationUnits = slot.DurationUnits;
        long excess = Excess(at, slot.Timestamp);
        long length = ToMicroseconds(slot.DurationUnits);
        PlayoutAction action = PlayoutAction.Play;
        int adjust = 0;
        int mostAdjust = 0;
        if (excess >= length && _ring.Count > 1 && (_expanded || !speech || excess > MaxExcessMicroseconds))
        {
            action = PlayoutAction.Skip;
        }
        else if ((excess < -ShortMicroseconds || excess > LongMicroseconds) && (_options.TimeScaling || !speech))
        {
            int most = speech ? slot.DurationUnits / SpeechAdjustDivisor : slot.DurationUnits;
            adjust = (int)Math.Min(most, Math.Abs(excess) * _clockRateHz / 1_000_000);
            action = excess > 0 ? PlayoutAction.Compress : PlayoutAction.Stretch;
            mostAdjust = (int)((Math.Abs(excess) + (excess > 0 ? ShortMicroseconds : LongMicroseconds)) * _clockRateHz / 1_000_000);
        }

        switch (action)
        {
            case PlayoutAction.Skip when _expanded || speech:
                _statistics.SkippedLate++;
                break;
            case PlayoutAction.Skip:
                _statistics.SkippedInSilence++;
                break;
            case PlayoutAction.Compress:
                _statistics.CompressedUnits += adjust;
                break;
            case PlayoutAction.Stretch:
                _statistics.StretchedUnits += adjust;
                break;
        }

        Playout playout = new()
        {
            Action = action,
            DurationUnits = action == PlayoutAction.Skip ? 0 : slot.DurationUnits,
            AdjustUnits = adjust,
            MostAdjustUnits = mostAdjust,
            Payload = _ring.Payload(sequence),
            PayloadType = slot.PayloadType,
            SequenceNumber = (ushort)sequence,
            Timestamp = (uint)slot.Timestamp,
        };
        _nextTimestamp = slot.Timestamp + slot.DurationUnits;
        _nextSequence = sequence + 1;
        _ring.Remove(sequence);
        if (action != PlayoutAction.Skip)
        {
            _statistics.Played++;
            _expanded = false;
            _quiet = false;
            _deadline = After(at, slot.DurationUnits + (action == PlayoutAction.Stretch ? adjust : -adjust));
        }

        return playout;
    }

    /// <summary>Packets that share the sequence numbers and are not played take no time; the sender is silent while it sends them.</summary>
    private void PassOver()
    {
        while (_ring.Contains(_nextSequence) && _ring[_nextSequence].Kind == PacketKind.Other)
        {
            _ring.Remove(_nextSequence++);
            _quiet = true;
        }
    }

    private Playout Fill(Timestamp at, PlayoutAction action, int units)
    {
        int duration = Math.Clamp(units, 1, Math.Max(1, _running ? _durationUnits : units));
        _deadline = _running ? After(at, duration) : Timestamp.Never;
        return new Playout { Action = action, DurationUnits = duration };
    }

    private void Start(Timestamp now, ushort sequenceNumber, uint timestamp, uint ssrc, int durationUnits, bool keepTarget)
    {
        int expected = keepTarget ? (int)Math.Min(TargetDelay.TotalMilliseconds, _options.MaxDelayMilliseconds) : _options.InitialDelayMilliseconds;
        _statistics.Flushed += _ring.Clear();
        _running = true;
        _playing = false;
        _quiet = false;
        _expanded = false;
        _ssrc = ssrc;

        // One turn of both circles below lie packets that were sent before this one.
        _highestSequence = sequenceNumber + (1L << 16);
        _highestTimestamp = timestamp + (1L << 32);
        _baseTimestamp = _highestTimestamp;
        _nextSequence = _highestSequence;
        _nextTimestamp = _highestTimestamp;
        _durationUnits = durationUnits == 0 ? _clockRateHz / 50 : durationUnits;
        _estimator.Reset(RelativeDelay(now, _highestTimestamp), expected);
    }

    /// <summary>Whether a packet can belong to the stream, by its sequence number and by its relative delay.</summary>
    private bool Continues(Timestamp now, ushort sequenceNumber, uint timestamp, PacketKind kind)
    {
        int step = (short)(sequenceNumber - (ushort)_highestSequence);
        if (step is >= JitterBufferLimits.MaxDropoutPackets or <= -JitterBufferLimits.MaxMisorderPackets)
        {
            return false;
        }

        if (kind == PacketKind.Other)
        {
            return true;
        }

        long delay = RelativeDelay(now, _highestTimestamp + (int)(timestamp - (uint)_highestTimestamp));
        return Math.Abs(delay - _estimator.Lowest) < JitterBufferLimits.MaxDelayStepMilliseconds * 1000L;
    }

    private void MakeRoom(long sequence)
    {
        while (sequence >= _nextSequence + JitterBufferLimits.MaxPackets)
        {
            if (_ring.Count == 0)
            {
                // Nothing is held that a jump could lose; the packets in between are lost or still to come, and then late.
                _nextSequence = sequence;
                return;
            }

            _statistics.Flushed += _ring.Remove(_nextSequence) ? 1 : 0;
            _nextSequence++;
        }
    }

    private Timestamp DueAt(long timestamp) => new((ToMicroseconds(timestamp - _baseTimestamp) + _estimator.Target) * 1000);

    private int UnitsUntil(Timestamp at, long timestamp) => (int)(-Excess(at, timestamp) * _clockRateHz / 1_000_000);

    /// <summary>By how much a packet is heard later than the target wants, in microseconds.</summary>
    private long Excess(Timestamp at, long timestamp) =>
        Math.Clamp((at.Nanoseconds / 1000) - (DueAt(timestamp).Nanoseconds / 1000), -MaxOffsetMicroseconds, MaxOffsetMicroseconds);

    private long RelativeDelay(Timestamp now, long timestamp) => (now.Nanoseconds / 1000) - ToMicroseconds(timestamp - _baseTimestamp);

    private long ToMicroseconds(long units) => units * 1_000_000 / _clockRateHz;

    private Timestamp After(Timestamp at, int units) => at + TimeSpan.FromTicks(units * TimeSpan.TicksPerSecond / _clockRateHz);
}
