namespace MediaCore.Numbers.Model;

/// <summary>That something new is known of a call: written with it, in one transaction, and taken away when the call was joined anew.</summary>
public sealed class PendingJoin : IRecordRow
{
    /// <summary>Key, UUID version 7.</summary>
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>The call.</summary>
    public string CallId { get; set; } = "";

    /// <summary>When it is to be joined, milliseconds of Unix time: a moment later, since its record, its decisions and its queue come one after the other.</summary>
    public long DueAtMs { get; set; }
}
