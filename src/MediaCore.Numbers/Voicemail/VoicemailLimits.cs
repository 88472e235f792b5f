namespace MediaCore.Numbers.Voicemail;

/// <summary>Bounds of what callers who leave messages can make the server hold, and what happens at each.</summary>
public static class VoicemailLimits
{
    /// <summary>Messages that are being recorded or wait for the database: as many as there can be recordings at once. The next caller cannot leave one.</summary>
    public const int MaxOpen = Engine.Recordings.RecordingLimits.MaxRecordings;

    /// <summary>Longest look whether a box is full, before the message is taken without it: a caller hears silence meanwhile.</summary>
    public static readonly TimeSpan FullTime = TimeSpan.FromSeconds(2);

    /// <summary>How often it is looked for recordings that nobody told of, and tried again what the database refused.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>After so long a recording of which there is no file at all is given up: longer than any message takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);
}
