namespace MediaCore.Engine.Messaging;

/// <summary>Who waits for what becomes of a MESSAGE, where that is no peer's transaction. Told once, on the shard that sends it.</summary>
internal interface IMessageSender
{
    /// <summary>Somebody has taken it (200, 202), or nobody has.</summary>
    void OnDelivered(int status);
}
