namespace MediaCore.Audio.ComfortNoise;

/// <summary>What <see cref="NoiseDescriber"/> says of a piece of sound.</summary>
public enum NoiseVerdict : byte
{
    /// <summary>Speech, or something else that is to be heard as it is.</summary>
    Sound,

    /// <summary>Background noise that the hearer has to be told of: <see cref="NoiseDescriber.Payload"/>.</summary>
    Describe,

    /// <summary>Background noise as it was described last: nothing need be sent.</summary>
    Nothing,
}
