namespace MediaCore.Numbers.Queues;

/// <summary>The published JSON Schema (draft 2020-12) of a queue's settings (<see cref="QueueSettings"/>).</summary>
public static class QueueSchema
{
    /// <summary>Its text.</summary>
    public static string Json { get; } = Documents.EmbeddedText.Read("MediaCore.Numbers.Queues.queue.schema.json");
}
