using MediaCore.Primitives;

namespace MediaCore.Litmus;

/// <summary>What is raced: the real table or a broken one.</summary>
internal interface ISessionMap
{
    int Count { get; }

    bool TryGet(in SessionKey key, out SessionHandle handle);

    SessionAddResult TryAdd(in SessionKey key, SessionHandle handle);

    bool TryRemove(in SessionKey key, SessionHandle handle);
}

/// <summary>The product's own <see cref="SessionTable"/>.</summary>
internal sealed class RealSessionMap<TInterleaving> : ISessionMap
    where TInterleaving : struct, IInterleaving
{
    private readonly SessionTable _table = new(SessionTable.MinCapacity * 2);

    public int Count => _table.Count;

    public bool TryGet(in SessionKey key, out SessionHandle handle) => _table.TryGet<TInterleaving>(key, out handle);

    public SessionAddResult TryAdd(in SessionKey key, SessionHandle handle) => _table.TryAdd<TInterleaving>(key, handle);

    public bool TryRemove(in SessionKey key, SessionHandle handle) => _table.TryRemove<TInterleaving>(key, handle);
}
