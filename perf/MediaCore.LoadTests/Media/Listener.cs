using MediaCore.Audio.Codecs;
using MediaCore.Audio.Tones;

namespace MediaCore.LoadTests.Media;

/// <summary>Decodes what comes and counts the tenths of a second in which the expected tone was heard.</summary>
internal sealed class Listener(CodecDescriptor codec, double hertz) : IDisposable
{
    private const int SampleRateHz = 8000;

    private readonly IAudioDecoder _decoder = codec.CreateDecoder(SampleRateHz);
    private readonly short[] _samples = new short[SampleRateHz / 8];
    private readonly short[] _window = new short[SampleRateHz / 10];
    private int _filled;

    /// <summary>Tenths of a second.</summary>
    public int Windows { get; private set; }

    /// <summary>Those with the tone.</summary>
    public int ToneWindows { get; private set; }

    /// <summary>Payloads that could not be decoded.</summary>
    public int Undecoded { get; private set; }

    public void Hear(ReadOnlySpan<byte> payload)
    {
        if (!_decoder.TryDecode(payload, _samples, out int count))
        {
            Undecoded++;
            return;
        }

        ReadOnlySpan<short> rest = _samples.AsSpan(0, count);
        while (!rest.IsEmpty)
        {
            int part = Math.Min(rest.Length, _window.Length - _filled);
            rest[..part].CopyTo(_window.AsSpan(_filled));
            rest = rest[part..];
            _filled += part;
            if (_filled == _window.Length)
            {
                _filled = 0;
                Windows++;
                ToneWindows += Goertzel.IsTone(_window, hertz) ? 1 : 0;
            }
        }
    }

    public void Dispose() => _decoder.Dispose();
}
