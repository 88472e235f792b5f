namespace MediaCore.Engine.Ng;

/// <summary>What an <see cref="NgValue"/> is.</summary>
internal enum NgKind : byte
{
    /// <summary>A string of bytes.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A list.</summary>
    List,

    /// <summary>A dictionary.</summary>
    Dictionary,
}
