using System.Collections.Concurrent;

namespace MediaCore.Engine.Recordings;

/// <summary>Blocks for all recordings, made as needed up to a bound and kept. Any thread; takes no lock.</summary>
internal sealed class RecordingBlockPool(int maxBlocks)
{
    private readonly ConcurrentQueue<RecordingBlock> _free = new();
    private int _made;
    private int _out;

    /// <summary>Blocks that exist at most.</summary>
    public int MaxBlocks => maxBlocks;

    /// <summary>Blocks that wait for the disk or are being filled.</summary>
    public int Outstanding => Volatile.Read(ref _out);

    /// <summary>A block; null when all are waiting for the disk.</summary>
    public RecordingBlock? TryRent()
    {
        if (!_free.TryDequeue(out RecordingBlock? block))
        {
            if (Interlocked.Increment(ref _made) > maxBlocks)
            {
                Interlocked.Decrement(ref _made);
                return null;
            }

            block = new RecordingBlock();
        }

        Interlocked.Increment(ref _out);
        block.Frames = 0;
        return block;
    }

    /// <summary>Gives a block back.</summary>
    public void Return(RecordingBlock block)
    {
        Interlocked.Decrement(ref _out);
        _free.Enqueue(block);
    }
}
