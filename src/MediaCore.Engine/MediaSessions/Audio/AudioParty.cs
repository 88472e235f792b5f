using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.MediaSessions.Streams;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sdp;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// The sound of one leg: what it says (<see cref="Input"/>), what it is sent (<see cref="Output"/>), who listens to either, and what is played to it. Made for the legs whose sound is looked at; a leg that is
/// only relayed has none. Owned by its shard, pooled by <see cref="AudioSessions"/>; about 120 kB, most of it the jitter buffer, and twice that once its peer has sent packets of more than 640 bytes.
/// </summary>
internal sealed class AudioParty
{
    private readonly AudioSessions _sessions;
    private readonly short[] _said = new short[AudioLimits.MaxFrameSamples];

    private AudioTerms _terms;
    private readonly List<PlayedSource> _interjections = [];
    private readonly List<StreamAttachment> _streams = [];
    private PlayedSource? _played;
    private PlayedSource? _live;
    private short[] _sourceFrame = [];

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

    /// <summary>What is played to it; null for nothing, or for nothing but an interjection.</summary>
    public IAudioSource? Source => _played?.Source;

    /// <summary>Whether anything is played to it.</summary>
    public bool IsPlayedTo => _played is not null || _live is not null || _interjections.Count > 0;

    /// <summary>Whether something is played to it beside what it hears of others.</summary>
    public bool HearsOthersBeside => IsPlayedTo && _played is not { Mode: SourceMode.Exclusive } && (_interjections.Count == 0 || _interjections[0].Mode == SourceMode.Mixed);

    /// <summary>Whether packets to it are relayed untouched now: nothing is transcoded, nothing played, and the other side is not muted.</summary>
    public bool IsRelayed => Session is { IsTranscoding: false, Mixer: null } && !IsPlayedTo && Session.OtherThan(this) is not { IsChanged: true };

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
    public bool IsActive => IsPlayedTo || IsChanged || Said.Count > 0 || Heard.Count > 0;

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
    public void Configure(EngineOptions options)
    {
        AudioFormatList receive = _terms.Receive;

        // Peers that answer with numbers of their own send under them, too (RFC 3264 §6.1).
        for (int i = 0; i < _terms.Send.Count; i++)
        {
            receive.TryAdd(_terms.Send[i], _terms.Send.GetEncodingName(i), _terms.Send.GetParameters(i));
        }

        Input.Configure(receive, Session.SampleRateHz);
        Output.Configure(_terms, Session.SampleRateHz, options.Opus, options.ComfortNoise != ComfortNoisePolicy.Never);
    }

    /// <summary>Plays a source from the next tick on; what was played before ends, interjections do not.</summary>
    public void Play(IAudioSource source, SourceMode mode, IPlaybackListener? listener)
    {
        EndPlayback(completed: false);
        _played = new PlayedSource(source, mode, listener);
    }

    /// <summary>
    /// Plays something short over what is played, after the interjections that wait: what is played goes on beside or after it. False, and the listener hears of nothing, when too many wait.
    /// </summary>
    public bool TryInterject(IAudioSource source, SourceMode mode, IPlaybackListener? listener)
    {
        if (_interjections.Count >= AudioLimits.MaxInterjections)
        {
            return false;
        }

        _interjections.Add(new PlayedSource(source, mode, listener));
        return true;
    }

    /// <summary>Ends what is played; interjections go on.</summary>
    public void EndPlayback(bool completed)
    {
        if (_played is { } played)
        {
            _played = null;
            played.Tell(Leg, completed);
        }
    }

    /// <summary>Ends an interjection, under way or waiting; false when there is none of this source.</summary>
    public bool EndInterjection(IAudioSource source, bool completed)
    {
        int index = _interjections.FindIndex(i => ReferenceEquals(i.Source, source));
        if (index < 0)
        {
            return false;
        }

        PlayedSource ended = _interjections[index];
        _interjections.RemoveAt(index);
        ended.Tell(Leg, completed);
        return true;
    }

    /// <summary>Ends everything that is played.</summary>
    public void EndAllPlayback()
    {
        EndPlayback(completed: false);
        for (int i = 0; i < AudioLimits.MaxInterjections && _interjections.Count > 0; i++)
        {
            EndInterjection(_interjections[^1].Source, completed: false);
        }
    }

    /// <summary>Puts a stream on it.</summary>
    public StreamRefusal Attach(StreamAttachment attachment)
    {
        if (_streams.Count >= AudioStreamLimits.MaxStreamsPerLeg)
        {
            return StreamRefusal.TooMany;
        }

        AudioStreamOptions options = attachment.Stream.Options;
        if (options.Speaks && _live is not null)
        {
            return StreamRefusal.IsSpokenTo;
        }

        if ((attachment.Said is { } said && !Said.TryAdd(said)) || (attachment.Heard is { } heard && !Heard.TryAdd(heard)))
        {
            RemoveTaps(attachment);
            return StreamRefusal.TooMany;
        }

        _streams.Add(attachment);
        if (options.Speaks)
        {
            _live = new PlayedSource(attachment, options.Replaces ? SourceMode.Yielding : SourceMode.Mixed, listener: null);
        }

        return StreamRefusal.None;
    }

    /// <summary>Takes a stream off it and ends it; false when it is not on it.</summary>
    public bool Detach(AudioStream stream)
    {
        int index = _streams.FindIndex(s => ReferenceEquals(s.Stream, stream));
        if (index < 0)
        {
            return false;
        }

        StreamAttachment attachment = _streams[index];
        _streams.RemoveAt(index);
        RemoveTaps(attachment);
        _live = ReferenceEquals(_live?.Source, attachment) ? null : _live;
        stream.End();
        return true;
    }

    private void RemoveTaps(StreamAttachment attachment)
    {
        _ = attachment.Said is { } said && Said.Remove(said);
        _ = attachment.Heard is { } heard && Heard.Remove(heard);
    }

    /// <summary>A packet of the leg's peer, from an accepted source. True: it ends here; false: it is relayed as it is.</summary>
    public bool Receive(in RtpPacket packet, Timestamp now)
    {
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
        if (IsPlayedTo)
        {
            isSilent &= !TryPlay(frame, due);
        }

        if (Heard.Count > 0)
        {
            Heard.Feed(frame, Session.SampleRateHz, due);
        }

        // A silence that can be described is worth a packet now and then: the peer hears that the line is alive, and so does every NAT on the way.
        bool isOurs = isSilent ? Output.SendsNoise && (!IsRelayed || Leg.Peer is null) : !IsRelayed;
        if (isOurs && MayBeSent)
        {
            Output.Write(Leg, frame, due);
        }
    }

    /// <summary>After the tick: sources that have come to their end are let go, which may begin others or close the leg.</summary>
    public void FinishTick()
    {
        MediaLeg leg = Leg;
        PlayedSource? interjection = _interjections.Count > 0 && _interjections[0].IsFinished ? _interjections[0] : null;
        PlayedSource? played = _played is { IsFinished: true } ? _played : null;
        if (interjection is null && played is null && !DetachEnded())
        {
            return;
        }

        if (interjection is not null)
        {
            EndInterjection(interjection.Source, completed: true);
        }

        // The listener may have put another in its place, or closed the leg.
        if (played is not null && ReferenceEquals(played, _played))
        {
            EndPlayback(completed: true);
        }

        _sessions.Relax(leg);
        if (leg.Peer is { } peer)
        {
            _sessions.Relax(peer);
        }
    }

    /// <summary>Streams whose consumers are gone.</summary>
    private bool DetachEnded()
    {
        bool any = false;
        for (int i = _streams.Count - 1; i >= 0; i--)
        {
            any |= _streams[i].Stream.IsEnded && Detach(_streams[i].Stream);
        }

        return any;
    }

    /// <summary>Forgets its leg, for the pool.</summary>
    public void Clear()
    {
        EndAllPlayback();
        while (_streams.Count > 0)
        {
            Detach(_streams[^1].Stream);
        }

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

    /// <summary>The stream that speaks, what is played over it, and the interjection over both. A clip waits while an interjection is heard in its place; anything else goes on unheard, as live sound does. True when the frame holds something of it.</summary>
    private bool TryPlay(Span<short> frame, Timestamp due)
    {
        PlayedSource? interjection = _interjections.Count > 0 ? _interjections[0] : null;
        DigitSource? events = interjection?.Source is DigitSource { SendsEvents: true } digits && Output.TakesEvents ? digits : null;
        bool isHeard = _live is { } live && TryHear(live, frame);
        if (_played is { } played && !(played.Source is ClipSource && events is null && interjection is { Mode: SourceMode.Exclusive }))
        {
            isHeard = TryHear(played, frame);
        }

        if (events is not null)
        {
            SendDigits(interjection!, events, due);
        }
        else if (interjection is not null)
        {
            isHeard |= TryHear(interjection, frame);
        }

        return isHeard;
    }

    private bool TryHear(PlayedSource played, Span<short> frame)
    {
        int samples = Math.Max(played.Source.SampleRateHz / AudioLimits.FramesPerSecond, frame.Length) * 2;
        _sourceFrame = _sourceFrame.Length >= samples ? _sourceFrame : new short[Math.Max(samples, AudioLimits.MaxFrameSamples * 2)];
        return played.TryHear(frame, Session.SampleRateHz, _sourceFrame);
    }

    /// <summary>The next 20 ms of digits that go as events; the sound beside them goes on.</summary>
    private void SendDigits(PlayedSource played, DigitSource digits, Timestamp due)
    {
        if (played.IsFinished || !digits.TryReadEvent(out uint number, out TelephoneEvent value))
        {
            played.Finish();
        }
        else if (value.Duration > 0 && MayBeSent)
        {
            Output.SendEvent(Leg, number, value, due);
        }
    }
}
