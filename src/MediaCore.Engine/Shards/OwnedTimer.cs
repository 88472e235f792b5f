using MediaCore.Primitives;

namespace MediaCore.Engine.Shards;

/// <summary>Who waits for an <see cref="OwnedTimer"/>.</summary>
internal interface ITimerOwner
{
    /// <summary>The timer is due; called on the shard whose wheel it stands in.</summary>
    void OnTimer(OwnedTimer timer);
}

/// <summary>A deadline of something that is neither a call nor a transaction, such as a subscription; scheduled in its shard's wheel.</summary>
internal sealed class OwnedTimer(ITimerOwner owner) : TimerNode
{
    /// <summary>Tells the owner.</summary>
    public void Fire() => owner.OnTimer(this);
}
