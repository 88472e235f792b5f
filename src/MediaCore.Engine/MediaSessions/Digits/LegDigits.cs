using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Digits;

/// <summary>
/// The digits of one leg: what its peer presses, in whatever form it comes, and what is sent to it. A digit is passed on once, in the form that the other side takes; where both sides have telephone events on one clock, their
/// packets pass untouched. Made for legs whose digits are looked at or converted; others have none. Owned by its shard.
/// </summary>
internal sealed class LegDigits : ITimerOwner, IPlaybackListener
{
    private readonly MediaLeg _leg;
    private readonly ShardContext _context;
    private readonly MediaControl _control;
    private readonly OwnedTimer _timer;
    private readonly DigitQueue _queue = new();
    private readonly DigitSource _source;
    private readonly InBandDigits _inBand;
    private readonly (byte PayloadType, uint ClockHz)[] _formats = new (byte PayloadType, uint ClockHz)[DigitLimits.MaxEventFormats];
    private TelephoneEventReceiver _receiver;
    private int _formatCount;
    private uint _clockHz = 8000;
    private bool _isPlaying;
    private bool _isTapped;
    private bool _awaitsInfo;
    private char _lastDigit;
    private DigitOrigin _lastOrigin;
    private Timestamp _lastAt;

    public LegDigits(MediaLeg leg, ShardContext context, MediaControl control)
    {
        _leg = leg;
        _context = context;
        _control = control;
        _timer = new OwnedTimer(this);
        _source = new DigitSource(_queue);
        _inBand = new InBandDigits(this);
    }

    /// <summary>Who is told; null for nobody.</summary>
    public IDigitListener? Listener { get; set; }

    /// <summary>What the configuration says of its peer.</summary>
    public DigitForm Form { get; set; }

    /// <summary>Whether somebody wants to know of digits that pass as sound.</summary>
    public bool IsWatched { get; set; }

    /// <summary>What becomes of its digits.</summary>
    public DigitMask Mask { get; private set; }

    /// <summary>Whether its peer takes telephone events.</summary>
    public bool TakesEvents { get; private set; }

    /// <summary>Digits that wait to be sent to it.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Reads what was negotiated, and listens to the sound where digits may come in it and somebody needs them; again after each change.</summary>
    public void Settle()
    {
        AudioTerms terms = default;
        _formatCount = 0;
        TakesEvents = false;
        if (_leg.Owner is { } owner && owner.TryGetTerms(_leg, ref terms))
        {
            Find(terms.Receive);
            Find(terms.Send);
            TakesEvents = terms.Send.TryFind(AudioCodec.TelephoneEvent, out _);
        }

        Listen();
    }

    /// <summary>Keeps its digits secret from now on, or does not any more.</summary>
    public void SetMask(DigitMask mask)
    {
        Mask = mask;
        Listen();
    }

    /// <summary>A packet of the leg's peer. True: it was a digit's, and is not passed on as it is.</summary>
    public bool Receive(in RtpPacket packet, Timestamp now)
    {
        for (int i = 0; i < _formatCount; i++)
        {
            if (_formats[i].PayloadType == packet.PayloadType)
            {
                return ReceiveEvent(packet, _formats[i].ClockHz, now);
            }
        }

        return false;
    }

    /// <summary>A digit of its peer is over: tells of it, and passes it on unless it does so by itself.</summary>
    /// <param name="digit">Which.</param>
    /// <param name="milliseconds">Its length; 0 when that is not known.</param>
    /// <param name="origin">How it came.</param>
    /// <param name="now">When.</param>
    public void OnReceived(char digit, int milliseconds, DigitOrigin origin, Timestamp now)
    {
        if (Note(digit, milliseconds, origin, now))
        {
            PassOn(digit, milliseconds, origin);
        }
    }

    /// <summary>Tells of a digit that is passed on by somebody else, as an INFO to a side that takes those. False for one that was told already in another form.</summary>
    public bool Note(char digit, int milliseconds, DigitOrigin origin, Timestamp now)
    {
        if (digit == _lastDigit && origin != _lastOrigin && now - _lastAt < DigitLimits.SameKey)
        {
            _context.Statistics.DigitsRepeated++;
            return false;
        }

        (_lastDigit, _lastOrigin, _lastAt) = (digit, origin, now);
        _context.Statistics.DigitsReceived++;
        Listener?.OnDigit(_leg, digit, Mask != DigitMask.None, milliseconds, origin);
        return true;
    }

    private void PassOn(char digit, int milliseconds, DigitOrigin origin)
    {
        if (_leg is not { IsBlocked: false, Peer: { } peer })
        {
            return;
        }

        if (Mask == DigitMask.None)
        {
            if (!PassesAsIs(origin, _clockHz))
            {
                _control.OpenDigits(peer).Send(digit, milliseconds);
            }
        }
        else if (Mask == DigitMask.Tone && origin != DigitOrigin.InBand)
        {
            _control.OpenDigits(peer).Send('\0', milliseconds);
        }
    }

    /// <summary>Sends a digit to its peer after those that wait, in its form. False when too many wait, or it can be sent none.</summary>
    public bool Send(char digit, int milliseconds, int pause = DigitLimits.DefaultPauseMilliseconds)
    {
        if (!_queue.TryAdd(digit, milliseconds == 0 ? DigitLimits.DefaultMilliseconds : milliseconds, pause))
        {
            _context.Statistics.DigitsDropped++;
            return false;
        }

        return SendNext();
    }

    /// <summary>An INFO was answered, or there was no answer: the next may go.</summary>
    public void OnInfoSent()
    {
        _awaitsInfo = false;
        if (!SendNext() && !_isPlaying)
        {
            Listener?.OnSent(_leg, completed: true);
        }
    }

    /// <summary>Sends no more of the digits that are under way or wait; false when there were none.</summary>
    public bool Stop() => _control.StopInterjection(_leg, _source);

    /// <summary>Ends what is under way; the leg is closed.</summary>
    public void Close()
    {
        _context.Wheel.Cancel(_timer);
        _queue.Clear();
        _formatCount = 0;
        Listener = null;
    }

    /// <inheritdoc/>
    public void OnTimer(OwnedTimer timer)
    {
        if (_receiver.TryExpire(_context.Now, out TelephoneEventReport report))
        {
            OnEvent(report.Code, report.DurationUnits, _context.Now);
        }
        else if (_receiver.IsActive)
        {
            _context.Wheel.Schedule(_timer, _receiver.Deadline);
        }
    }

    /// <inheritdoc/>
    public void OnPlaybackEnded(MediaLeg leg, IAudioSource source, bool completed)
    {
        _isPlaying = false;
        bool isDone = completed && _queue.Count == 0;
        if (completed && !isDone && SendNext())
        {
            return;
        }

        // Also where what waits can't be sent: whoever has asked for it must not wait for ever.
        _queue.Clear();
        _source.Reset();
        Listener?.OnSent(_leg, isDone);
    }

    private bool ReceiveEvent(in RtpPacket packet, uint clockHz, Timestamp now)
    {
        bool passes = Mask == DigitMask.None && PassesAsIs(DigitOrigin.Rtp, clockHz);
        TelephoneEventReport report = _receiver.Receive(packet.Timestamp, packet.Ssrc, packet.Payload, now);
        if (report.HasPreviousEnded)
        {
            OnEvent(report.PreviousCode, report.PreviousDurationUnits, now);
        }

        _clockHz = clockHz;
        if (report.HasEnded)
        {
            OnEvent(report.Code, report.DurationUnits, now);
        }
        else if (report.HasStarted)
        {
            _context.Wheel.Schedule(_timer, _receiver.Deadline);
        }

        return !passes;
    }

    private void OnEvent(byte code, uint units, Timestamp now)
    {
        if (TelephoneEvent.ToDigit(code) is not '\0' and char digit)
        {
            OnReceived(digit, (int)Math.Min(DigitLimits.MaxMilliseconds, (ulong)units * 1000 / _clockHz), DigitOrigin.Rtp, now);
        }
    }

    /// <summary>Whether the other side gets a digit of this origin by itself: its events' packets or its sound are relayed.</summary>
    private bool PassesAsIs(DigitOrigin origin, uint clockHz)
    {
        if (_leg.Peer is not { } peer)
        {
            return false;
        }

        DigitForm other = peer.Digits?.Form ?? DigitForm.Auto;
        return origin switch
        {
            DigitOrigin.Rtp => other is DigitForm.Auto or DigitForm.Rtp && TakesEventsOf(peer, clockHz),
            DigitOrigin.InBand => !TakesOut,
            _ => false,
        };
    }

    /// <summary>In a session that transcodes, events are carried to the other clock by <see cref="AudioOutput"/>.</summary>
    private static bool TakesEventsOf(MediaLeg peer, uint clockHz)
    {
        if (peer.Audio is { IsRelayed: false } party)
        {
            return party.Output.TakesEvents;
        }

        AudioTerms terms = default;
        if (peer.Owner is not { } owner || !owner.TryGetTerms(peer, ref terms))
        {
            return false;
        }

        for (int i = 0; i < terms.Send.Count; i++)
        {
            if (terms.Send[i].Codec == AudioCodec.TelephoneEvent && terms.Send[i].ClockRateHz == clockHz)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether digits in its sound must not be heard by the other side.</summary>
    private bool TakesOut =>
        Mask is DigitMask.Silence or DigitMask.Tone
        || (Form == DigitForm.InBand && _leg.Peer?.Digits is { } other && (other.Form == DigitForm.Info || (other.Form != DigitForm.InBand && other.TakesEvents)));

    private void Listen()
    {
        _inBand.FillsWithTone = Mask == DigitMask.Tone;
        bool takesOut = TakesOut;
        bool taps = !takesOut && IsWatched && Form is DigitForm.InBand;
        _control.Filter(_leg, takesOut ? _inBand : null, _inBand);
        if (taps != _isTapped)
        {
            _isTapped = taps && _control.TapSaid(_leg, _inBand);
            if (!taps)
            {
                _control.RemoveTap(_leg, _inBand);
            }
        }
    }

    private bool SendNext()
    {
        if (!_queue.TryPeek(out char next) || _isPlaying || _awaitsInfo)
        {
            return _queue.Count > 0;
        }

        bool isSecret = next == '\0';
        if (!isSecret && Form == DigitForm.Info && Listener is { } listener)
        {
            _queue.TryTake(out char digit, out int milliseconds, out _);

            // Before it is sent: a transport that fails at once answers from within.
            _awaitsInfo = true;
            if (listener.SendInfo(_leg, digit, milliseconds))
            {
                return true;
            }

            _awaitsInfo = false;
            _context.Statistics.DigitsDropped++;
            return SendNext();
        }

        // A digit of a mask is sound in any form; events go beside the sound, tones in its place.
        _source.SendsEvents = !isSecret && TakesEvents && Form != DigitForm.InBand;
        _isPlaying = _control.Interject(_leg, _source, _source.SendsEvents ? SourceMode.Mixed : SourceMode.Exclusive, this);
        if (!_isPlaying)
        {
            _context.Statistics.DigitsDropped += _queue.Count;
            _queue.Clear();
        }

        return _isPlaying;
    }

    private void Find(in AudioFormatList formats)
    {
        for (int i = 0; i < formats.Count && _formatCount < _formats.Length; i++)
        {
            if (formats[i].Codec == AudioCodec.TelephoneEvent && !_formats.AsSpan(0, _formatCount).Contains((formats[i].PayloadType, formats[i].ClockRateHz)))
            {
                _formats[_formatCount++] = (formats[i].PayloadType, formats[i].ClockRateHz);
            }
        }
    }
}
