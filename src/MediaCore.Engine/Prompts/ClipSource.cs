using MediaCore.Audio.Prompts;
using MediaCore.Engine.MediaSessions.Audio;

namespace MediaCore.Engine.Prompts;

/// <summary>A clip played into the media graph: to legs whose codec is not G.711, or whose sound is decoded anyway.</summary>
internal sealed class ClipSource(AudioClip clip, bool loop) : IAudioSource
{
    private readonly bool _loop = loop && clip.Samples.Length > 0;
    private int _position;

    /// <inheritdoc/>
    public int SampleRateHz => AudioClip.SampleRateHz;

    /// <inheritdoc/>
    public bool Read(Span<short> frame)
    {
        if (!_loop && _position >= clip.Samples.Length)
        {
            return false;
        }

        while (!frame.IsEmpty)
        {
            int count = Math.Min(frame.Length, clip.Samples.Length - _position);
            clip.Samples.AsSpan(_position, count).CopyTo(frame);
            frame = frame[count..];
            _position += count;
            if (_position == clip.Samples.Length && !_loop)
            {
                frame.Clear();
                return true;
            }

            _position %= clip.Samples.Length;
        }

        return true;
    }
}
