namespace MediaCore.Sdp;

/// <summary>The media lines beside the audio that a description wants relayed, at most <see cref="SdpLimits.MaxOtherStreams"/>; made for the descriptions that have some alone. Immutable.</summary>
public sealed class OtherStreams
{
    private readonly OtherStream[] _streams;

    /// <summary>A list of streams, each with a place of its own.</summary>
    public OtherStreams(OtherStream[] streams) => _streams = streams;

    /// <summary>The streams.</summary>
    public ReadOnlySpan<OtherStream> All => _streams;

    /// <summary>The greatest place plus one: as many lines a description with them has at least.</summary>
    public int MinMediaCount => _streams.Length == 0 ? 0 : _streams.Max(static stream => stream.Index) + 1;

    /// <summary>The stream at a place among the <c>m=</c> lines; null for none.</summary>
    public OtherStream? Find(int index)
    {
        foreach (OtherStream stream in _streams)
        {
            if (stream.Index == index)
            {
                return stream;
            }
        }

        return null;
    }

    /// <summary>Reads them; null when there are none. Those past the bound are declined.</summary>
    public static OtherStreams? Read(SdpDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        List<OtherStream>? found = null;
        for (int i = 0; i < description.MediaCount && found is not { Count: SdpLimits.MaxOtherStreams }; i++)
        {
            if (description.GetMedia(i) is { Kind: not SdpMediaKind.Audio, Port: not 0 } media && OtherStream.Read(media, i) is { } stream)
            {
                (found ??= []).Add(stream);
            }
        }

        return found is null ? null : new OtherStreams([.. found]);
    }
}
