namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>How somebody takes part in a conference or in a call that is listened to.</summary>
public enum ConferenceRole
{
    /// <summary>Hears all and is heard by all. For a supervisor: barge.</summary>
    Member,

    /// <summary>Hears all and is heard by nobody. For a supervisor: listen.</summary>
    Listener,

    /// <summary>Hears all and is heard by those who are coached. For a supervisor: whisper.</summary>
    Coach,

    /// <summary>A member who hears coaches, too.</summary>
    Coached,
}
