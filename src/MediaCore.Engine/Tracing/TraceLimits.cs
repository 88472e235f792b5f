namespace MediaCore.Engine.Tracing;

/// <summary>Bounds of traces.</summary>
public static class TraceLimits
{
    /// <summary>Calls that may be kept: what an operator looks back at, not an archive.</summary>
    public const int MaxCalls = 10_000;

    /// <summary>Bytes that the traces of a node may take: 10,000 calls of two dialogs, each of seven messages of 460 bytes on average.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Messages of one dialog: a call with re-INVITEs, refreshes and retransmissions has dozens, one with more is a storm.</summary>
    public const int MaxMessagesPerDialog = 256;

    /// <summary>Notes of one call's media: with those of the quality, twelve a minute for two legs, an hour's call has 720. Of a longer one the later are left out, and counted.</summary>
    public const int MaxNotesPerCall = 1_024;

    /// <summary>Dialogs for each call that is kept: the caller's, the callee's and one of whoever was tried in vain.</summary>
    public const int DialogsPerCall = 3;
}
