namespace MediaCore.Engine.Subscriptions;

/// <summary>What shards tell one another about subscriptions, by their mailboxes.</summary>
internal abstract record SubscriptionItem
{
    /// <summary>A dialog of a watched account has changed.</summary>
    public sealed record DialogChanged(DialogView Dialog) : SubscriptionItem;

    /// <summary>A shard has begun to watch an account and wants the calls that there are.</summary>
    public sealed record DialogsWanted(string Account, int Shard) : SubscriptionItem;

    /// <summary>The answer to it: all of one shard's.</summary>
    public sealed record DialogsFound(string Account, int Shard, IReadOnlyList<DialogView> Dialogs) : SubscriptionItem;

    /// <summary>Other messages wait for an account.</summary>
    public sealed record MessagesChanged(string Account) : SubscriptionItem;

    /// <summary>Other messages wait for an account: its phones that do not subscribe are to be told.</summary>
    public sealed record LampsChanged(string Account) : SubscriptionItem;
}
