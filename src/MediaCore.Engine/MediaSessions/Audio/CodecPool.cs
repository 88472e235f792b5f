using MediaCore.Audio.Codecs;

namespace MediaCore.Engine.MediaSessions.Audio;

/// <summary>
/// Decoders and encoders of one shard that nobody uses, by codec and rate, so that a call does not make its own: Opus has tens of kilobytes of native state. At most <see cref="MaxIdle"/> of
/// each kind are kept.
/// </summary>
internal sealed class CodecPool : IDisposable
{
    /// <summary>Idle ones kept of a kind: as many calls may begin at once without making one.</summary>
    public const int MaxIdle = 64;

    private readonly Dictionary<(CodecDescriptor Codec, int Rate), Stack<IAudioDecoder>> _decoders = [];
    private readonly Dictionary<EncoderKind, Stack<IAudioEncoder>> _encoders = [];

    /// <summary>A decoder as good as new.</summary>
    public IAudioDecoder RentDecoder(CodecDescriptor codec, int sampleRateHz) =>
        _decoders.TryGetValue((codec, sampleRateHz), out Stack<IAudioDecoder>? idle) && idle.TryPop(out IAudioDecoder? decoder) ? decoder : codec.CreateDecoder(sampleRateHz);

    /// <summary>Gives a decoder back.</summary>
    public void Return(CodecDescriptor codec, IAudioDecoder decoder)
    {
        if (Keep(_decoders, (codec, decoder.SampleRateHz), decoder))
        {
            decoder.Reset();
        }
        else
        {
            decoder.Dispose();
        }
    }

    /// <summary>An encoder as good as new.</summary>
    public IAudioEncoder RentEncoder(in EncoderKind kind) =>
        _encoders.TryGetValue(kind, out Stack<IAudioEncoder>? idle) && idle.TryPop(out IAudioEncoder? encoder) ? encoder : kind.Create();

    /// <summary>Gives an encoder back.</summary>
    public void Return(in EncoderKind kind, IAudioEncoder encoder)
    {
        if (Keep(_encoders, kind, encoder))
        {
            encoder.Reset();
        }
        else
        {
            encoder.Dispose();
        }
    }

    /// <summary>Destroys the idle ones.</summary>
    public void Dispose()
    {
        foreach (IAudioDecoder decoder in _decoders.Values.SelectMany(static s => s))
        {
            decoder.Dispose();
        }

        foreach (IAudioEncoder encoder in _encoders.Values.SelectMany(static s => s))
        {
            encoder.Dispose();
        }

        _decoders.Clear();
        _encoders.Clear();
    }

    private static bool Keep<TKey, TItem>(Dictionary<TKey, Stack<TItem>> kinds, TKey kind, TItem item)
        where TKey : notnull
    {
        if (!kinds.TryGetValue(kind, out Stack<TItem>? idle))
        {
            // What peers choose from has few values, but their product is not to be relied on.
            if (kinds.Count >= MaxIdle)
            {
                return false;
            }

            kinds[kind] = idle = new Stack<TItem>();
        }

        if (idle.Count >= MaxIdle)
        {
            return false;
        }

        idle.Push(item);
        return true;
    }
}
