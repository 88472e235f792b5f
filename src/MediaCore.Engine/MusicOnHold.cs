namespace MediaCore.Engine;

/// <summary>What a party hears while the other side holds it.</summary>
public enum MusicOnHold : byte
{
    /// <summary>What the other side sends, if anything.</summary>
    None,

    /// <summary>A quiet melody of our own.</summary>
    Generated,

    /// <summary>A file of the prompt folder.</summary>
    File,
}
