using MediaCore.Audio.ComfortNoise;

namespace MediaCore.Audio.Detection;

/// <summary>What has changed about a talker.</summary>
public enum TalkChange : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Somebody has begun to talk.</summary>
    Started,

    /// <summary>Nobody has talked for a while.</summary>
    Stopped,
}

/// <summary>Tells when somebody begins and ceases to talk, by <see cref="VoiceActivityDetector"/>: clicks do not count as a beginning, pauses between words not as an end. Constant size. Owned by its shard.</summary>
/// <param name="startMilliseconds">Voice for so long is a beginning.</param>
/// <param name="stopMilliseconds">Silence for so long is an end, the hangover of the voice activity detector included.</param>
public sealed class TalkDetector(int startMilliseconds = TalkDetector.DefaultStartMilliseconds, int stopMilliseconds = TalkDetector.DefaultStopMilliseconds)
{
    /// <summary>Shorter than the shortest word, longer than a click and its hangover.</summary>
    public const int DefaultStartMilliseconds = 240;

    /// <summary>Longer than the pauses within a sentence.</summary>
    public const int DefaultStopMilliseconds = 700;

    private VoiceActivityDetector _voice;
    private int _run;

    /// <summary>Whether somebody talks.</summary>
    public bool IsTalking { get; private set; }

    /// <summary>Takes a frame of 10 to 30 ms.</summary>
    public TalkChange Process(ReadOnlySpan<short> frame, int sampleRateHz)
    {
        bool speech = _voice.IsSpeech(frame);
        _run = speech == IsTalking ? 0 : _run + (frame.Length * 1000 / sampleRateHz);
        if (_run < (IsTalking ? stopMilliseconds : startMilliseconds))
        {
            return TalkChange.None;
        }

        _run = 0;
        IsTalking = !IsTalking;
        return IsTalking ? TalkChange.Started : TalkChange.Stopped;
    }
}
