using MediaCore.Audio.Detection;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Events;

/// <summary>Listens to what a leg says for talk, tones and answering machines, as far as somebody wants to know. Made for those legs alone.</summary>
internal sealed class LineTap : IAudioTap
{
    private readonly MediaLeg _leg;
    private readonly ILineListener _listener;
    private readonly TalkDetector? _talk;
    private readonly ToneDetector? _tones;
    private AnsweringMachineDetector? _answerer;

    /// <summary>A tap.</summary>
    /// <param name="leg">Whose sound.</param>
    /// <param name="listener">Who is told.</param>
    /// <param name="detects">What is looked for.</param>
    /// <param name="country">Whose tones.</param>
    public LineTap(MediaLeg leg, ILineListener listener, LineDetection detects, string country)
    {
        _leg = leg;
        _listener = listener;
        _talk = (detects & LineDetection.Talk) == LineDetection.None ? null : new TalkDetector();
        _tones = (detects & LineDetection.Tones) == LineDetection.None ? null : new ToneDetector(country);
        _answerer = (detects & LineDetection.Answerer) == LineDetection.None ? null : new AnsweringMachineDetector(AnsweringMachineOptions.Default);
    }

    /// <inheritdoc/>
    public int SampleRateHz => 8000;

    /// <inheritdoc/>
    public void Take(ReadOnlySpan<short> frame, int sampleRateHz, Timestamp now)
    {
        if (_talk?.Process(frame, sampleRateHz) is { } change and not TalkChange.None)
        {
            _listener.OnTalk(_leg, change == TalkChange.Started);
        }

        if (_tones?.Process(frame) is { } tone and not LineTone.None)
        {
            _listener.OnTone(_leg, tone);
        }

        if (_answerer is { } answerer)
        {
            Ask(answerer, frame);
        }
    }

    private void Ask(AnsweringMachineDetector answerer, ReadOnlySpan<short> frame)
    {
        AnswererVerdict before = answerer.Verdict;
        if (!answerer.Process(frame))
        {
            return;
        }

        if (answerer.Verdict != before)
        {
            _listener.OnAnswerer(_leg, answerer.Verdict, answerer.DecidedAfter);
        }

        if (answerer.HasBeeped)
        {
            _listener.OnTone(_leg, LineTone.Beep);
        }

        if (answerer.HasBeeped || answerer.Verdict == AnswererVerdict.Person)
        {
            _answerer = null;
        }
    }
}
