namespace MediaCore.Engine;

/// <summary>Whether a side's sound is decoded and coded again.</summary>
public enum TranscodePolicy
{
    /// <summary>Where the two sides have no codec in common.</summary>
    Needed,

    /// <summary>Not at all: a call without a codec in common fails with 488.</summary>
    Never,

    /// <summary>Also where they have one: the side gets a stream of ours, without the other's jitter and loss.</summary>
    Always,
}
