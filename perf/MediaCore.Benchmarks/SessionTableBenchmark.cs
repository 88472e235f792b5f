using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;

namespace MediaCore.Benchmarks;

/// <summary>The session table with 100 000 calls in room for 131 072: the look-up that every in-dialog request starts with.</summary>
[MemoryDiagnoser]
public class SessionTableBenchmark
{
    private const int Sessions = 100_000;
    private const int OperationsPerInvoke = 1_000;

    private readonly SessionTable _table = new(131_072);
    private readonly SessionKey[] _keys = new SessionKey[Sessions];
    private readonly byte[] _callId = "a84b4c76e66710@pc33.atlanta.example.com"u8.ToArray();
    private readonly byte[] _tag = "1928301774"u8.ToArray();
    private int _next;

    [GlobalSetup]
    public void Fill()
    {
        for (int i = 0; i < Sessions; i++)
        {
            _keys[i] = Key(i);
            if (_table.TryAdd(_keys[i], new SessionHandle(0, i, 1)) != SessionAddResult.Added)
            {
                throw new InvalidOperationException($"The table took only {i} of {Sessions} sessions.");
            }
        }
    }

    [Benchmark]
    public SessionKey KeyOfCallIdAndTag() => SessionKey.From(_callId, _tag);

    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public int Found()
    {
        int slots = 0;
        for (int i = 0; i < OperationsPerInvoke; i++)
        {
            _next = (_next + 7919) % Sessions;
            _table.TryGet(_keys[_next], out SessionHandle handle);
            slots += handle.Slot;
        }

        return slots;
    }

    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public int Missed()
    {
        int found = 0;
        for (int i = 0; i < OperationsPerInvoke; i++)
        {
            _next = (_next + 7919) % Sessions;
            SessionKey absent = new(_keys[_next].Low, ~_keys[_next].High);
            found += _table.TryGet(absent, out _) ? 1 : 0;
        }

        return found;
    }

    [Benchmark]
    public bool AddAndRemove()
    {
        _next = (_next + 7919) % Sessions;
        SessionKey key = new(_keys[_next].Low, ~_keys[_next].High);
        SessionHandle handle = new(0, 1, 1);
        return _table.TryAdd(key, handle) == SessionAddResult.Added && _table.TryRemove(key, handle);
    }

    internal static SessionKey Key(int number)
    {
        Span<byte> text = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(text, number);
        return SessionKey.From(text, default);
    }
}

/// <summary>A call's life in the table and in its shard's slots: key, add, find, remove.</summary>
internal sealed class SessionTableAllocation : IAllocationSubject
{
    private readonly SessionTable _table = new(SessionTable.MinCapacity);
    private readonly SlotArray<object> _slots = new(0, 4);
    private readonly object _session = new();

    public string Name => "SessionTable.AddGetRemove";

    public void Run()
    {
        SessionKey key = SessionKey.From("a84b4c76e66710@pc33.atlanta.example.com"u8, "1928301774"u8);
        SessionHandle handle = _slots.Allocate(_session);
        if (_table.TryAdd(key, handle) != SessionAddResult.Added
            || !_table.TryGet(key, out SessionHandle found)
            || !_slots.TryGet(found, out _)
            || !_table.TryRemove(key, handle)
            || !_slots.Free(handle))
        {
            throw new InvalidOperationException("The session's life took another course.");
        }
    }
}
