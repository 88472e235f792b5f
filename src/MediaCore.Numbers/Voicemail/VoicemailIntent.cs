using MediaCore.Engine.Recordings;

namespace MediaCore.Numbers.Voicemail;

/// <summary>A message that is being recorded: what its row will say, kept in a file beside the database until the row is there, so that a message outlives the process that recorded it. What an owner records has one as well, so that it does not outlive its call.</summary>
internal sealed record VoicemailIntent
{
    /// <summary>Key of the row to be; the row is written once, however often that is tried.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The box.</summary>
    public required Guid BoxId { get; init; }

    /// <summary>The call.</summary>
    public required string CallId { get; init; }

    /// <summary>Who calls.</summary>
    public string Caller { get; init; } = "";

    /// <summary>The number that was called.</summary>
    public string Called { get; init; } = "";

    /// <summary>When the recording began, as <see cref="RecordingInfo.StartedAt"/> says it.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>A shorter message is not kept, milliseconds.</summary>
    public int MinMs { get; init; }

    /// <summary>The caller has marked it.</summary>
    public bool Urgent { get; init; }

    /// <summary>No message: what an owner has recorded, which is used, if at all, while his call lasts, and is removed then.</summary>
    public bool IsTake { get; init; }

    /// <summary>The sound, a file below the recordings' folder.</summary>
    public required string File { get; init; }
}
