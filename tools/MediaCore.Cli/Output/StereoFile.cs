using MediaCore.Audio.Wave;
using MediaCore.Control.V1;

namespace MediaCore.Cli.Output;

/// <summary>A WAVE file of two tracks that grows with the frames of a stream; what is missing between them is silence. Its header is right once it is disposed.</summary>
internal sealed class StereoFile : IAsyncDisposable
{
    private const int BytesPerPair = 4;

    private readonly FileStream _file;
    private readonly int _rateHz;
    private byte[] _said = [];
    private byte[] _pairs = [];

    public StereoFile(string path, int rateHz)
    {
        _rateHz = rateHz;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write);
        WriteHeader();
    }

    /// <summary>Sound in it.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Pairs / _rateHz);

    private long Pairs { get; set; }

    /// <summary>Adds a frame of 16-bit samples: what is said comes first, what is heard at the same position completes it.</summary>
    public void Add(AudioFrame frame)
    {
        if (frame.Track == AudioFrame.Types.Track.Said)
        {
            _said = frame.Data.ToByteArray();
            return;
        }

        int samples = Math.Min(frame.Data.Length, _said.Length) / sizeof(short);
        long silence = Math.Min(frame.Position - Pairs, (WaveHeader.MaxDataBytes / BytesPerPair) - Pairs - samples);
        if (silence < 0)
        {
            // Full, or out of order.
            return;
        }

        // A file may have holes, which read as silence.
        _file.Seek(silence * BytesPerPair, SeekOrigin.Current);
        _pairs = _pairs.Length == samples * BytesPerPair ? _pairs : new byte[samples * BytesPerPair];
        ReadOnlySpan<byte> heard = frame.Data.Span;
        for (int i = 0; i < samples; i++)
        {
            _said.AsSpan(2 * i, 2).CopyTo(_pairs.AsSpan(BytesPerPair * i));
            heard.Slice(2 * i, 2).CopyTo(_pairs.AsSpan((BytesPerPair * i) + 2));
        }

        _file.Write(_pairs);
        Pairs += silence + samples;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _file.Seek(0, SeekOrigin.Begin);
        WriteHeader();
        await _file.DisposeAsync();
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[WaveHeader.MaxBytes];
        _file.Write(header[..WaveHeader.Write(header, WaveEncoding.Pcm16, 2, _rateHz, Pairs * BytesPerPair)]);
    }
}
