namespace MediaCore.Engine.Relaying;

/// <summary>Bounds of what an owner of sessions can make the relay hold; sessions, parties and streams have those of the ng protocol (<see cref="Ng.NgLimits"/>).</summary>
public static class RelayLimits
{
    /// <summary>Characters of a session's name: a Call-ID fits.</summary>
    public const int MaxSessionIdChars = 256;

    /// <summary>Characters of a party's name: a tag fits.</summary>
    public const int MaxPartyChars = 128;

    /// <summary>Names in a list of codecs.</summary>
    public const int MaxCodecs = Ng.NgLimits.MaxCodecs;

    /// <summary>Characters of a codec's name, clock and channels.</summary>
    public const int MaxCodecChars = 64;
}
