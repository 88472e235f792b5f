using MediaCore.Engine.Control;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Shards;

/// <summary>
/// What a shard tells another's calls and must not be lost: answers to what the other has asked, ends of what the two have in common, messages of a dialog between two calls of ours. What a full mailbox does not take waits here, in
/// order for each shard, and is tried again every few milliseconds. Owned by its shard.
/// </summary>
/// <remarks>
/// At most <see cref="EngineLimits.MaxWaitingPosts"/> wait. Whoever begins what will have to be ended (a bridge) reserves a place for that end before, and is refused where there is none, so the end always finds one. An answer that
/// finds none is left out and counted; whoever has asked waits no longer than a limit of its own.
/// </remarks>
internal sealed class ShardOutbox : ITimerOwner
{
    /// <summary>How often a full mailbox is tried again: shards empty theirs at each turn, within milliseconds.</summary>
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    private readonly ShardContext _context;
    private readonly Dictionary<int, Queue<Waiting>> _shards = [];
    private readonly OwnedTimer _retry;
    private int _reserved;
    private int _waiting;

    public ShardOutbox(ShardContext context)
    {
        _context = context;
        _retry = new OwnedTimer(this);
    }

    /// <summary>Places that are reserved.</summary>
    public int Reserved => _reserved;

    /// <summary>Asks another shard; false where its mailbox has no room now: whoever wants it is refused.</summary>
    public bool TryPost(int shard, ControlExchange exchange) => !_shards.ContainsKey(shard) && _context.Output.Post(shard, exchange);

    /// <summary>Tells another shard, now or later; false, and counted, where too much waits already.</summary>
    public bool Post(int shard, ControlExchange exchange) => TryPost(shard, exchange) || Wait(shard, new Waiting(exchange));

    /// <summary>Tells another shard for certain, by a place that was reserved, which is free again.</summary>
    public void PostReserved(int shard, ControlExchange exchange)
    {
        Release();
        _ = Post(shard, exchange);
    }

    /// <summary>Hands a message of a dialog between two calls of ours over, now or later.</summary>
    public bool Send(int shard, in Flow flow, ReadOnlySpan<byte> message) =>
        (!_shards.ContainsKey(shard) && _context.Output.HandOver(shard, flow, message)) || Wait(shard, new Waiting(flow, message.ToArray()));

    /// <summary>Reserves a place; false when there is none.</summary>
    public bool TryReserve()
    {
        bool hasRoom = HasRoom;
        _reserved += hasRoom ? 1 : 0;
        return hasRoom;
    }

    /// <summary>A reserved place is not needed.</summary>
    public void Release() => _reserved--;

    public void OnTimer(OwnedTimer timer)
    {
        foreach ((int shard, Queue<Waiting> queue) in _shards)
        {
            while (queue.TryPeek(out Waiting next) && (next.Exchange is { } exchange ? _context.Output.Post(shard, exchange) : _context.Output.HandOver(shard, next.Flow, next.Message)))
            {
                queue.Dequeue();
                _waiting--;
            }

            if (queue.Count == 0)
            {
                // A dictionary may lose an entry while it is walked.
                _shards.Remove(shard);
            }
        }

        if (_shards.Count > 0)
        {
            _context.Wheel.Schedule(_retry, _context.Now + s_interval);
        }
    }

    private bool HasRoom => _waiting + _reserved < EngineLimits.MaxWaitingPosts;

    private bool Wait(int shard, in Waiting waiting)
    {
        if (!HasRoom)
        {
            _context.Statistics.HandOverDropped++;
            return false;
        }

        if (_shards.Count == 0)
        {
            _context.Wheel.Schedule(_retry, _context.Now + s_interval);
        }

        if (!_shards.TryGetValue(shard, out Queue<Waiting>? queue))
        {
            _shards.Add(shard, queue = new Queue<Waiting>());
        }

        queue.Enqueue(waiting);
        _waiting++;
        _context.Statistics.HandOversDelayed++;
        return true;
    }

    private readonly struct Waiting
    {
        public Waiting(ControlExchange exchange) => Exchange = exchange;

        public Waiting(in Flow flow, byte[] message)
        {
            Flow = flow;
            Message = message;
        }

        public ControlExchange? Exchange { get; }

        public Flow Flow { get; }

        public byte[]? Message { get; }
    }
}
