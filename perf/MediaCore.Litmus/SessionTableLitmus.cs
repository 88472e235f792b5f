using System.Diagnostics;
using MediaCore.Primitives;

namespace MediaCore.Litmus;

/// <summary>
/// Races writers and readers over a few keys whose windows overlap, so that entries change tenants all the time, and checks every answer
/// against what the writers noted before and after each of their own steps. See <see cref="Invariant"/> for what is checked.
/// </summary>
/// <remarks>
/// Five kinds of keys. <b>Stable</b> ones are there all the time. <b>Own</b> ones belong to one writer each, which adds them with rising generations and
/// notes them in four counters: about to add, added, about to remove, removed; a reader takes the counters that bound its read from either side.
/// <b>Contended</b> ones are added by all writers; whoever succeeds holds the key like a lock and proves that he is alone. <b>Session</b> ones
/// lead through a <see cref="SlotArray{T}"/> of their writer to an object that knows its key and handle. <b>Shared</b> ones are removed by whoever
/// finds them, so also while the thread that added them is still completing its addition.
/// </remarks>
internal sealed class SessionTableLitmus(ISessionMap map, bool contended = true)
{
    // More threads than the cores of a small machine, so that they also interrupt each other at instructions that nobody chose.
    private const int Writers = 2;
    private const int Readers = 2;
    private const int StableKeys = 3;
    private const int OwnKeysPerWriter = 4;
    private const int ContendedKeys = 2;
    private const int SessionKeysPerWriter = 2;
    private const int SharedKeys = 2;

    private readonly long[] _violations = new long[Enum.GetValues<Invariant>().Length];
    private readonly OwnKey[] _own = [.. Enumerable.Range(0, Writers * OwnKeysPerWriter).Select(i => new OwnKey(i))];
    private readonly long[] _sharedBalance = new long[SharedKeys];
    private readonly uint[] _sharedGenerations = new uint[Writers];
    private readonly int[] _holders = new int[ContendedKeys];
    private readonly SlotArray<Session>[] _slots = [.. Enumerable.Range(0, Writers).Select(writer => new SlotArray<Session>(writer, 4))];
    private readonly SessionHandle[] _sessionHandles = new SessionHandle[Writers * SessionKeysPerWriter];
    private volatile bool _stop;
    private long _reads;
    private long _hits;
    private long _writes;

    /// <summary>The race that shows <paramref name="fault"/>, and it alone.</summary>
    public static SessionTableLitmus Of(Fault fault) => new(new BrokenSessionMap(fault), contended: fault == Fault.AdditionNotAnnounced);

    /// <summary>Races for <paramref name="duration"/>, or until the first violation if that is enough to know.</summary>
    public LitmusResult Run(TimeSpan duration, bool stopAtViolation)
    {
        for (int i = 0; i < StableKeys; i++)
        {
            map.TryAdd(StableKey(i), StableHandle(i));
        }

        Stopwatch clock = Stopwatch.StartNew();
        using Barrier start = new(Writers + Readers);
        List<Thread> threads = [];
        for (int i = 0; i < Writers; i++)
        {
            int writer = i;
            threads.Add(new Thread(() => Race(start, new Choice(writer + 1), choice => Write(writer, choice))));
        }

        for (int i = 0; i < Readers; i++)
        {
            int reader = i;
            threads.Add(new Thread(() => Race(start, new Choice(reader + 101), Read)));
        }

        threads.ForEach(thread => thread.Start());
        while (clock.Elapsed < duration && !(stopAtViolation && _violations.Any(count => count != 0)))
        {
            threads[0].Join(TimeSpan.FromMilliseconds(10));
        }

        _stop = true;
        threads.ForEach(thread => thread.Join());
        CheckAtRest();
        Dictionary<Invariant, long> violations = Enum.GetValues<Invariant>()
            .Where(invariant => _violations[(int)invariant] != 0)
            .ToDictionary(invariant => invariant, invariant => _violations[(int)invariant]);
        return new LitmusResult(_reads, _hits, _writes, clock.Elapsed, violations);
    }

    private void Race(Barrier start, Choice choice, Action<Choice> step)
    {
        start.SignalAndWait();
        while (!_stop)
        {
            step(choice);
        }
    }

    private void Write(int writer, Choice choice)
    {
        for (int i = 0; i < 64; i++)
        {
            switch (choice.Next(5))
            {
                case 0 when contended:
                    Contend(writer, choice.Next(ContendedKeys));
                    break;
                case 1 when contended:
                    ToggleShared(writer, choice.Next(SharedKeys));
                    break;
                case 2:
                    ReplaceSession(writer, choice.Next(SessionKeysPerWriter));
                    break;
                default:
                    Toggle(_own[(writer * OwnKeysPerWriter) + choice.Next(OwnKeysPerWriter)]);
                    break;
            }
        }

        Interlocked.Add(ref _writes, 64);
    }

    private void Toggle(OwnKey own)
    {
        if (own.Added == own.Removed)
        {
            uint generation = own.Added + 1;
            Volatile.Write(ref own.Adding, generation);
            if (map.TryAdd(own.Key, own.HandleOf(generation)) == SessionAddResult.Added)
            {
                Volatile.Write(ref own.Added, generation);
            }
            else
            {
                Violated(Invariant.OneAdderWins);
            }
        }
        else
        {
            Volatile.Write(ref own.Removing, own.Added);
            if (!map.TryRemove(own.Key, own.HandleOf(own.Added)))
            {
                Violated(Invariant.OwnerCanRemove);
            }

            Volatile.Write(ref own.Removed, own.Added);
        }
    }

    private void Contend(int writer, int number)
    {
        SessionKey key = ContendedKey(number);
        SessionHandle handle = new(200 + writer, number, 1);
        if (map.TryAdd(key, handle) != SessionAddResult.Added)
        {
            return;
        }

        if (Interlocked.Increment(ref _holders[number]) != 1)
        {
            Violated(Invariant.OneAdderWins);
        }

        Thread.SpinWait(4);
        Interlocked.Decrement(ref _holders[number]);
        if (!map.TryRemove(key, handle))
        {
            Violated(Invariant.OwnerCanRemove);
        }
    }

    private void ToggleShared(int writer, int number)
    {
        SessionKey key = SharedKey(number);
        if (map.TryGet(key, out SessionHandle found))
        {
            if (found.Shard is not (150 or 151) || found.Slot != number)
            {
                Violated(Invariant.HandleBelongsToKey);
            }

            if (map.TryRemove(key, found))
            {
                Interlocked.Decrement(ref _sharedBalance[number]);
            }
        }
        else if (map.TryAdd(key, new SessionHandle(150 + writer, number, ++_sharedGenerations[writer])) == SessionAddResult.Added)
        {
            Interlocked.Increment(ref _sharedBalance[number]);
        }
    }

    private void ReplaceSession(int writer, int number)
    {
        int index = (writer * SessionKeysPerWriter) + number;
        SessionKey key = SessionKeyOf(index);
        SessionHandle old = _sessionHandles[index];
        if (!old.IsNone)
        {
            if (!map.TryRemove(key, old))
            {
                Violated(Invariant.OwnerCanRemove);
            }

            _slots[writer].Free(old);
        }

        Session session = new(index);
        SessionHandle handle = _slots[writer].Allocate(session);
        session.Handle = handle.Packed;
        if (map.TryAdd(key, handle) == SessionAddResult.Added)
        {
            _sessionHandles[index] = handle;
            return;
        }

        Violated(Invariant.OneAdderWins);
        _sessionHandles[index] = SessionHandle.None;
        _slots[writer].Free(handle);
    }

    private void Read(Choice choice)
    {
        int hits = 0;
        for (int i = 0; i < 64; i++)
        {
            hits += choice.Next(4) switch
            {
                0 => ReadStable(choice.Next(StableKeys)),
                1 => ReadSession(choice.Next(_sessionHandles.Length)),
                _ => ReadOwn(_own[choice.Next(_own.Length)]),
            };
        }

        Interlocked.Add(ref _reads, 64);
        Interlocked.Add(ref _hits, hits);
    }

    private int ReadStable(int number)
    {
        if (!map.TryGet(StableKey(number), out SessionHandle handle))
        {
            Violated(Invariant.PresentKeyIsFound);
            return 0;
        }

        if (handle != StableHandle(number))
        {
            Violated(Invariant.HandleBelongsToKey);
        }

        return 1;
    }

    private int ReadOwn(OwnKey own)
    {
        uint removedBefore = Volatile.Read(ref own.Removed);
        uint addedBefore = Volatile.Read(ref own.Added);
        bool found = map.TryGet(own.Key, out SessionHandle handle);
        // The loads below must not move before the read's own; an acquire load orders what follows it, hence the fence.
        Interlocked.MemoryBarrier();
        uint removingAfter = Volatile.Read(ref own.Removing);
        uint addingAfter = Volatile.Read(ref own.Adding);
        if (!found)
        {
            if (addedBefore > removingAfter)
            {
                Violated(Invariant.PresentKeyIsFound);
            }

            return 0;
        }

        if (handle != own.HandleOf(handle.Generation))
        {
            Violated(Invariant.HandleBelongsToKey);
        }
        else if (handle.Generation <= removedBefore || handle.Generation > addingAfter)
        {
            Violated(Invariant.HandleIsCurrent);
        }

        return 1;
    }

    private int ReadSession(int index)
    {
        if (!map.TryGet(SessionKeyOf(index), out SessionHandle handle))
        {
            return 0;
        }

        if (handle.Shard != index / SessionKeysPerWriter)
        {
            Violated(Invariant.HandleBelongsToKey);
            return 0;
        }

        // A miss is right when the session ended after the look-up; another session than the handle's never is.
        if (_slots[handle.Shard].TryGet(handle, out Session? session) && (session.Index != index || session.Handle != handle.Packed))
        {
            Violated(Invariant.SlotYieldsItsSession);
        }

        return 1;
    }

    private void CheckAtRest()
    {
        foreach (OwnKey own in _own.Where(own => own.Added != own.Removed))
        {
            Toggle(own);
        }

        for (int i = 0; i < _sessionHandles.Length; i++)
        {
            map.TryRemove(SessionKeyOf(i), _sessionHandles[i]);
        }

        for (int i = 0; i < SharedKeys; i++)
        {
            bool found = map.TryGet(SharedKey(i), out SessionHandle handle);
            if (_sharedBalance[i] != (found ? 1 : 0))
            {
                Violated(Invariant.AdditionsAndRemovalsBalance);
            }

            map.TryRemove(SharedKey(i), handle);
        }

        bool left = _own.Any(own => map.TryGet(own.Key, out _))
            || Enumerable.Range(0, ContendedKeys).Any(i => map.TryGet(ContendedKey(i), out _))
            || map.Count != StableKeys;
        if (left)
        {
            Violated(Invariant.EmptyAtTheEnd);
        }
    }

    private void Violated(Invariant invariant) => Interlocked.Increment(ref _violations[(int)invariant]);

    // Two homes side by side: their windows overlap in all but eight entries.
    private static SessionKey Key(int kind, int number) => new((ulong)(number & 1), ((ulong)kind << 32) | (uint)number);

    private static SessionKey StableKey(int number) => Key(1, number);

    private static SessionKey ContendedKey(int number) => Key(2, number);

    private static SessionKey SessionKeyOf(int index) => Key(3, index);

    private static SessionKey SharedKey(int number) => Key(5, number);

    private static SessionHandle StableHandle(int number) => new(255, number, 1);

    /// <summary>Xorshift (Marsaglia, 2003): cheaper than a read of the table, so that the threads spend their time racing.</summary>
    private sealed class Choice(int seed)
    {
        private uint _state = (uint)seed * 2_654_435_761u;

        public int Next(int bound)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return (int)(((ulong)_state * (uint)bound) >> 32);
        }
    }

    /// <summary>A key of one writer; the counters rise in this order: Adding, Added, Removing, Removed.</summary>
    private sealed class OwnKey(int number)
    {
        public uint Adding;
        public uint Added;
        public uint Removing;
        public uint Removed;

        public SessionKey Key { get; } = Key(4, number);

        public SessionHandle HandleOf(uint generation) => new(100, number, generation);
    }

    private sealed class Session(int index)
    {
        public ulong Handle;

        public int Index { get; } = index;
    }
}
