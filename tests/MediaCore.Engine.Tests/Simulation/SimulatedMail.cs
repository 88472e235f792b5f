using MediaCore.Engine.Control;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Subscriptions;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>The mailboxes between the shards of a world: what is posted is handled in its order once the shard that has posted it is done, as on other threads, or is refused where the test wants a full one.</summary>
internal sealed class SimulatedMail(Func<SimulatedShard[]> shards)
{
    private readonly Queue<(int Shard, Flow Flow, byte[] Message)> _messages = new();
    private readonly Queue<(int Shard, SubscriptionItem Item)> _subscriptions = new();
    private readonly Queue<(int Shard, ControlExchange Exchange)> _exchanges = new();

    /// <summary>No shard takes a command, or word about subscriptions or calls from another.</summary>
    public bool IsFull { get; set; }

    /// <summary>How many words of a shard's calls to another's are still taken, and with 0 no message either; null for all.</summary>
    public int? Left { get; set; }

    /// <summary>Messages for another shard stay in its mailbox: it is busy.</summary>
    public bool HoldsMessages { get; set; }

    /// <summary>A message for another shard's call.</summary>
    public bool HandOver(int shard, in Flow flow, ReadOnlySpan<byte> message)
    {
        if (Left == 0 || !Exists(shard))
        {
            return false;
        }

        _messages.Enqueue((shard, flow, message.ToArray()));
        return true;
    }

    /// <summary>Word about a subscription.</summary>
    public bool Post(int shard, SubscriptionItem item)
    {
        if (IsFull || !Exists(shard))
        {
            return false;
        }

        _subscriptions.Enqueue((shard, item));
        return true;
    }

    /// <summary>Word between calls.</summary>
    public bool Post(int shard, ControlExchange exchange)
    {
        if (IsFull || Left == 0 || !Exists(shard))
        {
            return false;
        }

        Left--;
        _exchanges.Enqueue((shard, exchange));
        return true;
    }

    /// <summary>The shards handle what they were posted, and what comes of it.</summary>
    public void Pump()
    {
        while ((HoldsMessages ? 0 : _messages.Count) + _exchanges.Count + _subscriptions.Count > 0)
        {
            if (!HoldsMessages && _messages.TryDequeue(out (int Shard, Flow Flow, byte[] Message) message))
            {
                shards()[message.Shard].Core.HandleMessage(message.Message, 0, message.Message.Length, message.Flow, handedOver: true);
            }

            if (_exchanges.TryDequeue(out (int Shard, ControlExchange Exchange) exchange))
            {
                shards()[exchange.Shard].Core.HandleControl(exchange.Exchange);
            }

            if (_subscriptions.TryDequeue(out (int Shard, SubscriptionItem Item) subscription))
            {
                shards()[subscription.Shard].Core.HandleSubscription(subscription.Item);
            }
        }
    }

    private bool Exists(int shard) => (uint)shard < (uint)shards().Length;
}
