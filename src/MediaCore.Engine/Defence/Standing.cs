namespace MediaCore.Engine.Defence;

/// <summary>What is known of a source address.</summary>
internal enum Standing : byte
{
    /// <summary>Nothing.</summary>
    Stranger,

    /// <summary>It has acknowledged an answer of ours, so it exists: limited, never banned.</summary>
    Known,

    /// <summary>It has proved a password: not limited.</summary>
    Proved,

    /// <summary>A trunk's, or listed in the configuration: not limited.</summary>
    Trusted,
}
