namespace MediaCore.Engine.Recordings;

/// <summary>What a writer is told.</summary>
internal enum RecordingItemKind : byte
{
    /// <summary>A recording begins.</summary>
    Begin,

    /// <summary>The next of its sound.</summary>
    Block,

    /// <summary>It has ended.</summary>
    End,
}

/// <summary>A message to a writer.</summary>
/// <param name="Kind">What.</param>
/// <param name="File">Whose.</param>
/// <param name="Block">Of <see cref="RecordingItemKind.Block"/>: the sound.</param>
internal readonly record struct RecordingItem(RecordingItemKind Kind, RecordingFile File, RecordingBlock? Block = null);
