using MediaCore.Audio.Opus;
using MediaCore.Audio.Resampling;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// The sound of one leg: what it says (<see cref="Input"/>), what it is sent (<see cref="Output"/>), who listens to either, and what is played to it. Made for the legs whose sound is looked at; a leg that is
/// only relayed has none. Owned by its shard, pooled by <see cref="AudioSessions"/>; about 120 kB, most of it the jitter buffer.
/// </summary>
internal sealed class AudioParty
{
    private readonly AudioSessions _sessions;
    private readonly short[] _said = new short[AudioLimits.MaxFrameSamples];

    private AudioTerms _terms;
    private IPlaybackListener? _listener;
    private StreamResampler? _sourceResampler;
    private short[] _sourceFrame = [];
    private bool _isFinished;

    public AudioParty(AudioSessions sessions, CodecPool codecs, IAudioSender sender, IdentifierSource identifiers, short[] scratch)
    {
        _sessions = sessions;
        Input = new AudioInput(codecs, sessions.Statistics, scratch);
        Output = new AudioOutput(codecs, sessions.Statistics, sender, identifiers);
    }

    /// <summary>Its leg.</summary>
    public MediaLeg Leg { get; private set; } = null!;

    /// <summary>The session that it is in, alone or with others.</summary>
    public AudioSession Session { get; set; } = null!;

    /// <summary>What it says.</summary>
    public AudioInput Input { get; }

    /// <summary>What is sent to it.</summary>
    public AudioOutput Output { get; }

    /// <summary>Taps on what it says.</summary>
    public TapList Said { get; } = new();

    /// <summary>Taps on what it hears, the played sound included.</summary>
    public TapList Heard { get; } = new();

    /// <summary>What is played to it; null for nothing.</summary>
    public IAudioSource? Source { get; private set; }

    /// <summary>How it is played.</summary>
    public SourceMode SourceMode { get; private set; }

    /// <summary>Whether packets to it are relayed untouched now: nothing is transcoded, nothing played, and the other side is not muted.</summary>
    public bool IsRelayed => Session is { IsTranscoding: false, Mixer: null } && Source is null && Session.OtherThan(this) is not { IsChanged: true };

    /// <summary>Whether it wants to be sent anything.</summary>
    public bool MayBeSent => _terms.MayBeSent;

    /// <summary>Whether it can be sent sound by us: we have a codec that it takes.</summary>
    public bool CanBePlayedTo => Output.Codec is not null;

    /// <summary>What it said in this tick; valid until the next.</summary>
    public ReadOnlySpan<short> SaidFrame => _said.AsSpan(0, Session.FrameSamples);

    /// <summary>Whether <see cref="SaidFrame"/> was read in this tick: its sound is wanted by somebody.</summary>
    public bool HasSaid { get; private set; }

    /// <summary>Changes what it says before anybody hears it; null for nothing.</summary>
    public IAudioFilter? Filter { get; set; }

    /// <summary>Whether the other side must not be sent its packets as they are.</summary>
    public bool IsChanged => IsMuted || Filter is not null;

    /// <summary>Mutes it: what it says is silence to everybody but its own taps.</summary>
    public bool IsMuted { get; set; }

    /// <summary>Whether anybody wants something of it by itself: to listen, to play, to mute.</summary>
    public bool IsActive => Source is not null || IsChanged || Said.Count > 0 || Heard.Count > 0;

    /// <summary>Its place in a conference; null when it is in none.</summary>
    public ConferenceMember? Member { get; set; }

    /// <summary>Highest rate that is of use with this peer.</summary>
    public int NaturalRateHz
    {
        get
        {
            int index = AudioFormatCodec.FirstIn(_terms.Send);
            return index < 0 ? 8000 : AudioFormatCodec.Find(_terms.Send, index)!.SampleRateHz;
        }
    }

    /// <summary>Whether its session transcodes or has done so.</summary>
    public bool WasTranscoded { get; set; }

    /// <summary>Figures for the call record; null when nothing was decoded or sent. Allocates.</summary>
    public SoundFigures? GetFigures() => Input.ReadFrames == 0 && Output.Packets == 0 ? null : new SoundFigures
    {
        Transcoded = WasTranscoded,
        ReceivedCodec = Name(Input.PlayedMilliseconds > 0 ? Input.LastCodec : null),
        SentCodec = Name(Output.Packets > 0 ? Output.Codec : null),
        DelayMilliseconds = Input.ReadFrames == 0 ? 0 : Math.Round((double)Input.DelayMilliseconds / Input.ReadFrames, 1),
        ConcealedPercent = Input.PlayedMilliseconds == 0 ? 0 : Math.Round(100.0 * Input.ConcealedMilliseconds / Input.PlayedMilliseconds, 2),
        DecodeErrors = Input.DecodeErrors,
    };

    private static string? Name(MediaCore.Audio.Codecs.CodecDescriptor? codec) =>
        codec is null ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{codec.EncodingName}/{codec.RtpClockHz}");

    /// <summary>Takes a leg; false while nothing is negotiated.</summary>
    public bool TryOpen(MediaLeg leg)
    {
        Leg = leg;
        return leg.Owner is { } owner && owner.TryGetTerms(leg, ref _terms);
    }

    /// <summary>Reads again what was negotiated.</summary>
    public void Refresh() => Leg.Owner?.TryGetTerms(Leg, ref _terms);

    /// <summary>Codes for what was negotiated, at the session's rate.</summary>
    public void Configure(OpusEncoderOptions opus)
    {
        AudioFormatList receive = _terms.Receive;

        // Peers that answer with numbers of their own send under them, too (RFC 3264 §6.1).
        for (int i = 0; i < _terms.Send.Count; i++)
        {
            receive.TryAdd(_terms.Send[i], _terms.Send.GetEncodingName(i), _terms.Send.GetParameters(i));
        }

        Input.Configure(receive, Session.SampleRateHz);
        Output.Configure(_terms, Session.SampleRateHz, opus);
    }

    /// <summary>Plays a source from the next tick on; what was played before ends.</summary>
    public void Play(IAudioSource source, SourceMode mode, IPlaybackListener? listener)
    {
        EndPlayback(completed: false);
        Source = source;
        SourceMode = mode;
        _listener = listener;
    }

    /// <summary>Ends what is played.</summary>
    public void EndPlayback(bool completed)
    {
        if (Source is not { } source)
        {
            return;
        }

        IPlaybackListener? listener = _listener;
        Source = null;
        _listener = null;
        _sourceResampler = null;
        _isFinished = false;
        listener?.OnPlaybackEnded(Leg, source, completed);
    }

    /// <summary>A packet of the leg's peer, from an accepted source. True: it ends here; false: it is relayed as it is.</summary>
    public bool Receive(in RtpPacket packet, Timestamp now)
    {
        if (Leg.Peer is null && Session is { Mixer: null, Parties.Count: > 1 })
        {
            // It is in a session with somebody whom its packets may not reach: it is blocked.
            return true;
        }

        if (Session.WantsSound(this))
        {
            Input.Receive(packet, now);
        }

        if (Session.OtherThan(this) is not { } hearer || hearer.IsRelayed)
        {
            return Session is not { IsTranscoding: false, Mixer: null } || Leg.Peer is null;
        }

        if (_terms.Receive.TryFind(packet.PayloadType, out int index) && _terms.Receive[index].Codec == AudioCodec.TelephoneEvent && !IsMuted)
        {
            hearer.Output.ForwardEvent(hearer.Leg, packet, _terms.Receive[index].ClockRateHz, now);
        }

        return true;
    }

    /// <summary>Reads what it says in this tick and lets its taps hear it.</summary>
    public void Listen(Timestamp due)
    {
        HasSaid = Session.WantsSound(this);
        if (HasSaid)
        {
            Span<short> frame = _said.AsSpan(0, Session.FrameSamples);
            Input.Read(frame, due);
            Filter?.Process(frame, Session.SampleRateHz, due);
            Said.Feed(frame, Session.SampleRateHz, due);
        }
    }

    /// <summary>Lets it hear a frame, with what is played to it.</summary>
    /// <param name="frame">What it hears of the others; changed here.</param>
    /// <param name="isSilent">Whether there is nothing in it.</param>
    /// <param name="due">The tick.</param>
    public void Speak(Span<short> frame, bool isSilent, Timestamp due)
    {
        if (Source is not null)
        {
            isSilent &= !TryReadSource(frame, due);
        }

        if (Heard.Count > 0)
        {
            Heard.Feed(frame, Session.SampleRateHz, due);
        }

        if (!isSilent && !IsRelayed && MayBeSent)
        {
            Output.Write(Leg, frame, due);
        }
    }

    /// <summary>After the tick: a source that has come to its end is let go, which may begin another or close the leg.</summary>
    public void FinishTick()
    {
        if (_isFinished)
        {
            MediaLeg leg = Leg;
            EndPlayback(completed: true);
            _sessions.Relax(leg);
            if (leg.Peer is { } peer)
            {
                _sessions.Relax(peer);
            }
        }
    }

    /// <summary>Forgets its leg, for the pool.</summary>
    public void Clear()
    {
        EndPlayback(completed: false);
        Input.Clear();
        Output.Clear();
        Said.Clear();
        Heard.Clear();
        _terms = default;
        Filter = null;
        IsMuted = HasSaid = WasTranscoded = false;
        Leg = null!;
        Session = null!;
    }

    /// <summary>Leaves the graph: its leg is relayed plainly, or closed.</summary>
    public void Close() => _sessions.Close(this);

    /// <summary>Its leg is no longer connected to the one that it was in a session with.</summary>
    public void Part() => _sessions.Part(this);

    /// <summary>The next 20 ms of digits that go as events; the sound beside them goes on.</summary>
    private void SendDigits(DigitSource digits, Timestamp due)
    {
        if (_isFinished || !digits.TryReadEvent(out uint number, out TelephoneEvent value))
        {
            _isFinished = true;
        }
        else if (value.Duration > 0 && MayBeSent)
        {
            Output.SendEvent(Leg, number, value, due);
        }
    }

    private bool TryReadSource(Span<short> frame, Timestamp due)
    {
        IAudioSource source = Source!;
        if (source is DigitSource { SendsEvents: true } digits && Output.TakesEvents)
        {
            SendDigits(digits, due);
            return false;
        }

        int rate = source.SampleRateHz;
        int samples = rate / AudioLimits.FramesPerSecond;
        _sourceFrame = _sourceFrame.Length >= Math.Max(samples, frame.Length) * 2 ? _sourceFrame : new short[Math.Max(samples, AudioLimits.MaxFrameSamples) * 2];
        Span<short> read = _sourceFrame.AsSpan(0, samples);
        if (_isFinished || !source.Read(read))
        {
            _isFinished = true;
            return false;
        }

        if (rate != Session.SampleRateHz)
        {
            if ((_sourceResampler?.InputRateHz != rate || _sourceResampler.OutputRateHz != Session.SampleRateHz) && !StreamResampler.TryCreate(rate, Session.SampleRateHz, out _sourceResampler))
            {
                _isFinished = true;
                return false;
            }

            Span<short> converted = _sourceFrame.AsSpan(samples);
            int count = _sourceResampler!.Convert(read, converted);
            read = converted[..Math.Min(count, frame.Length)];
        }

        if (SourceMode == SourceMode.Exclusive)
        {
            read.CopyTo(frame);
            frame[read.Length..].Clear();
            return true;
        }

        for (int i = 0; i < read.Length; i++)
        {
            frame[i] = (short)Math.Clamp(frame[i] + read[i], short.MinValue, short.MaxValue);
        }

        return true;
    }
}
