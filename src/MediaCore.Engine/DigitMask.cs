namespace MediaCore.Engine;

/// <summary>What becomes of the digits of a party while they are secret, as those of a payment card: none of these passes them on, logs or records them.</summary>
public enum DigitMask : byte
{
    /// <summary>They are not secret.</summary>
    None,

    /// <summary>Events and INFO end here; sound passes unchanged. For parties known to send no digits as sound.</summary>
    Drop,

    /// <summary>Events and INFO end here, and digits in the sound become silence. The sound is 40 ms later meanwhile.</summary>
    Silence,

    /// <summary>As <see cref="Silence"/>, and the other side hears one and the same tone in place of each digit.</summary>
    Tone,
}
