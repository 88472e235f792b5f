using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Registrar;

/// <summary>Stands for a connection of before a restart: its bindings are remembered, and nothing can be sent on it.</summary>
internal sealed class LostStream : IStreamFlow
{
    /// <summary>All of them are alike.</summary>
    public static readonly LostStream Instance = new();

    private LostStream()
    {
    }

    public bool IsClosed => true;

    public bool TrySend(ReadOnlySpan<byte> message) => false;

    public void NoteRequest(int shard)
    {
        // No request goes out on it.
    }

    public void KeepFor(TimeSpan silence)
    {
        // There is nothing to keep.
    }
}
