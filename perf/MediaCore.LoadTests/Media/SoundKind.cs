namespace MediaCore.LoadTests.Media;

/// <summary>What a stream sends and how what comes is looked at.</summary>
internal enum SoundKind
{
    /// <summary>What must come out as it went in.</summary>
    Relayed,

    /// <summary>PCMU with a tone: what comes is listened to.</summary>
    TonePcmu,

    /// <summary>Opus with a tone: what comes is listened to.</summary>
    ToneOpus,
}
