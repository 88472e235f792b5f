using MediaCore.Primitives;

namespace MediaCore.Litmus;

/// <summary>
/// The control: a window of versioned entries like the real table's, with one <see cref="Fault"/>. It is interrupted at the same points as the
/// real one (<see cref="Interrupted"/>). None of them ties an addition's search to its publication, so only the race that shows
/// <see cref="Fault.AdditionNotAnnounced"/> has contended keys.
/// </summary>
internal sealed class BrokenSessionMap(Fault fault) : ISessionMap
{
    private const ulong StateMask = 3;
    private const ulong Claimed = 1;
    private const ulong Live = 2;
    private const ulong VersionStep = 4;

    private readonly Entry[] _entries = new Entry[SessionTable.WindowEntries];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool TryGet(in SessionKey key, out SessionHandle handle) => Find(key, out handle, out _) >= 0;

    public SessionAddResult TryAdd(in SessionKey key, SessionHandle handle)
    {
        if (TryGet(key, out _))
        {
            return SessionAddResult.Exists;
        }

        Interrupted.Point();
        for (int i = 0; i < _entries.Length; i++)
        {
            ref Entry entry = ref _entries[i];
            ulong meta = Volatile.Read(ref entry.Meta);
            ulong first = fault == Fault.PublishedBeforeWritten ? Live : Claimed;
            if ((meta & StateMask) == 0 && Interlocked.CompareExchange(ref entry.Meta, meta | first, meta) == meta)
            {
                Interrupted.Point();
                Volatile.Write(ref entry.KeyLow, key.Low);
                Volatile.Write(ref entry.KeyHigh, key.High);
                Interrupted.Point();
                Volatile.Write(ref entry.Handle, handle.Packed);
                Volatile.Write(ref entry.Meta, meta | Live);
                Interlocked.Increment(ref _count);
                return SessionAddResult.Added;
            }
        }

        return SessionAddResult.Full;
    }

    public bool TryRemove(in SessionKey key, SessionHandle handle)
    {
        int index = Find(key, out SessionHandle found, out ulong meta);
        if (index < 0 || found != handle)
        {
            return false;
        }

        if (Interlocked.CompareExchange(ref _entries[index].Meta, (meta & ~StateMask) + VersionStep, meta) != meta)
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }

    private int Find(in SessionKey key, out SessionHandle handle, out ulong meta)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            ref Entry entry = ref _entries[i];
            Interrupted.Point();
            meta = Volatile.Read(ref entry.Meta);
            if ((meta & StateMask) == Live && Volatile.Read(ref entry.KeyLow) == key.Low && Volatile.Read(ref entry.KeyHigh) == key.High)
            {
                Interrupted.Point();
                handle = SessionHandle.FromPacked(Volatile.Read(ref entry.Handle));
                Interrupted.Point();
                if (fault == Fault.ReadNotRechecked || Volatile.Read(ref entry.Meta) == meta)
                {
                    return i;
                }
            }
        }

        handle = SessionHandle.None;
        meta = 0;
        return -1;
    }

    private struct Entry
    {
        public ulong Meta;
        public ulong KeyLow;
        public ulong KeyHigh;
        public ulong Handle;
    }
}
