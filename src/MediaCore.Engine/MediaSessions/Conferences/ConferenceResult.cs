namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>What came of joining a conference.</summary>
internal enum ConferenceResult
{
    /// <summary>It is a member now.</summary>
    Joined,

    /// <summary>It is a member of this or another conference already.</summary>
    AlreadyIn,

    /// <summary>As many members as may be.</summary>
    Full,

    /// <summary>As many conferences as may be.</summary>
    TooMany,

    /// <summary>Nothing is negotiated with the leg's peer, or no codec that we have.</summary>
    NoMedia,
}
