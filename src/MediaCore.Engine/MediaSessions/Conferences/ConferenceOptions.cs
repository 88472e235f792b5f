namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>How a conference is held. The one who opens a room brings them; who comes later takes it as it is.</summary>
public sealed record ConferenceOptions
{
    /// <summary>Most members, 2 to <see cref="ConferenceLimits.MaxMembers"/>, which is the default. Whoever is too many gets 486.</summary>
    public int MaxMembers { get; init; } = ConferenceLimits.MaxMembers;

    /// <summary>How many are heard at once, the loudest first; 1 to 50. Default 8.</summary>
    public int MaxTalkers { get; init; } = 8;

    /// <summary>Samples per second of the mix: 8000, 16000 or 48000. Default 16000, which loses nothing of G.722 and costs phones with G.711 a resampling.</summary>
    public int SampleRateHz { get; init; } = 16_000;

    /// <summary>Whether a tone says that somebody has come or gone. Default true.</summary>
    public bool Tones { get; init; } = true;
}
