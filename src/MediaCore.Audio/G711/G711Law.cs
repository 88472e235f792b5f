namespace MediaCore.Audio.G711;

/// <summary>Which of the two laws of G.711.</summary>
public enum G711Law : byte
{
    /// <summary>µ-law, <see cref="G711.Pcmu"/>.</summary>
    Pcmu = 0,

    /// <summary>A-law, <see cref="G711.Pcma"/>.</summary>
    Pcma = 1,
}
