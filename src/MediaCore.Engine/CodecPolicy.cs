using System.Collections.Immutable;

namespace MediaCore.Engine;

/// <summary>Which codecs a side may use, and whether its sound is transcoded.</summary>
public sealed record CodecPolicy
{
    /// <summary>Every codec, transcoded where needed.</summary>
    public static readonly CodecPolicy Default = new();

    /// <summary>
    /// The only codecs with this side, in the order that it is offered them; empty: whatever the other side offers, in its order. Ours among them are offered also where the other side has not got them.
    /// </summary>
    public ImmutableArray<CodecName> Codecs { get; init; } = [];

    /// <summary>Whether its sound is transcoded.</summary>
    public TranscodePolicy Transcode { get; init; }
}
