using System.Buffers.Binary;

namespace EchoAgent;

/// <summary>What a frame has changed.</summary>
internal enum SpeechEvent
{
    None,
    Began,
    Ended,
}

/// <summary>Finds speech by its energy: begun with 60 ms that are loud, ended with 600 ms that are not. Good enough for an example; a model does it better in noise.</summary>
internal sealed class SpeechDetector
{
    private const int FramesToBegin = 3;
    private const int FramesToEnd = 30;

    /// <summary>Root mean square of a frame that counts as loud: −36 dB below full scale.</summary>
    private const double Loud = 500;

    private int _frames;

    /// <summary>Whether somebody speaks.</summary>
    public bool IsSpeech { get; private set; }

    /// <summary>Takes 20 ms of L16.</summary>
    public SpeechEvent Hear(ReadOnlySpan<byte> frame)
    {
        double sum = 0;
        for (int i = 0; i + 1 < frame.Length; i += 2)
        {
            double sample = BinaryPrimitives.ReadInt16LittleEndian(frame[i..]);
            sum += sample * sample;
        }

        // Frames in a row that speak for a change.
        bool isLoud = Math.Sqrt(sum / Math.Max(1, frame.Length / 2)) > Loud;
        _frames = isLoud == IsSpeech ? 0 : _frames + 1;
        if (_frames < (IsSpeech ? FramesToEnd : FramesToBegin))
        {
            return SpeechEvent.None;
        }

        _frames = 0;
        IsSpeech = !IsSpeech;
        return IsSpeech ? SpeechEvent.Began : SpeechEvent.Ended;
    }
}
