namespace MediaCore.Engine.Prompts;

/// <summary>How a synthesis ended.</summary>
public enum SpeechStatus
{
    /// <summary>There is sound.</summary>
    Spoken = 0,

    /// <summary>The text or voice is empty, too long or malformed; asking again will not help.</summary>
    Invalid,

    /// <summary>The synthesizer is not installed.</summary>
    NotInstalled,

    /// <summary>It ran and failed, for instance because it does not know the voice.</summary>
    Failed,

    /// <summary>It did not end in time and was stopped.</summary>
    TimedOut,

    /// <summary>It wrote more than was allowed and was stopped.</summary>
    TooLong,
}
