namespace MediaCore.Engine.Ng;

/// <summary>What is asked for ICE (RFC 8839).</summary>
internal enum NgIce : byte
{
    /// <summary>Nothing.</summary>
    Default,

    /// <summary>That it be taken out.</summary>
    Remove,

    /// <summary>That it be offered, which is not done.</summary>
    Force,
}
