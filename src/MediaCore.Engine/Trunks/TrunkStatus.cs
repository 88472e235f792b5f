namespace MediaCore.Engine.Trunks;

/// <summary>
/// What is known of a trunk at run time: how many calls it carries, whether it answers. Outlives reloads of the configuration, shared by all
/// shards without locks; <see cref="Trunk"/> is the configuration it belongs to, found by name.
/// </summary>
public sealed class TrunkStatus
{
    private int _inboundCalls;
    private int _outboundCalls;
    private volatile bool _isUp = true;

    internal TrunkStatus(string name) => Name = name;

    /// <summary>The trunk's name.</summary>
    public string Name { get; }

    /// <summary>Calls with a leg on this trunk, in both directions.</summary>
    public int ActiveCalls => InboundCalls + OutboundCalls;

    /// <summary>Calls that came in by this trunk and have not ended.</summary>
    public int InboundCalls => Volatile.Read(ref _inboundCalls);

    /// <summary>Legs that we dialled on this trunk and that have not ended.</summary>
    public int OutboundCalls => Volatile.Read(ref _outboundCalls);

    /// <summary>False while probing or registration has found that the trunk does not answer; such a trunk is passed over in dialling.</summary>
    public bool IsUp
    {
        get => _isUp;
        set => _isUp = value;
    }

    internal int AddInbound() => Interlocked.Increment(ref _inboundCalls);

    internal int AddOutbound() => Interlocked.Increment(ref _outboundCalls);

    internal void RemoveInbound() => Interlocked.Decrement(ref _inboundCalls);

    internal void RemoveOutbound() => Interlocked.Decrement(ref _outboundCalls);
}
