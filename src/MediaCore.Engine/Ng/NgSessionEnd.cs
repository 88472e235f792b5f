namespace MediaCore.Engine.Ng;

/// <summary>How a session ended; a label of the metrics.</summary>
internal enum NgSessionEnd : byte
{
    /// <summary>By <c>delete</c>.</summary>
    Deleted,

    /// <summary>No media for <see cref="NgOptions.MediaTimeout"/>.</summary>
    MediaTimeout,

    /// <summary>The same for <see cref="NgOptions.SilentTimeout"/>, every party being on hold.</summary>
    SilentTimeout,

    /// <summary>No answer to the offer for <see cref="NgOptions.OfferTimeout"/>.</summary>
    OfferTimeout,

    /// <summary>The server was stopped.</summary>
    Shutdown,

    /// <summary>How many there are.</summary>
    Count,
}
