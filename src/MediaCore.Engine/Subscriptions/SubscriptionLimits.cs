namespace MediaCore.Engine.Subscriptions;

/// <summary>Bounds of what a SUBSCRIBE can make the server keep and send.</summary>
public static class SubscriptionLimits
{
    /// <summary>Subscriptions of the whole server; a further one gets 503. Some 4 kB each, so 256 MB at the very most.</summary>
    public const int MaxSubscriptions = 65_536;

    /// <summary>Subscriptions of one account; a further one gets 403. Desk phones have lamp fields of up to some sixty keys, and a phone that restarts leaves its old ones behind.</summary>
    public const int MaxPerAccount = 128;

    /// <summary>Subscriptions from one source address; a further one gets 503. An office of two hundred phones behind one NAT, each with ten.</summary>
    public const int MaxPerSource = 2_048;

    /// <summary>Shortest duration, seconds; a shorter one gets 423 (RFC 6665 §4.2.1.1). That of registrations.</summary>
    public const int MinSeconds = 60;

    /// <summary>Duration when none is asked for, and the longest that is given (RFC 4235 §3.4, RFC 3842 §3.4: an hour).</summary>
    public const int MaxSeconds = 3_600;

    /// <summary>Longest Event value, bytes; package, id and whatever else. A longer one is no package of ours: 489.</summary>
    public const int MaxEventBytes = 128;

    /// <summary>Longest id of an Event that is kept, bytes; phones number them. A longer one gets 400.</summary>
    public const int MaxEventIdBytes = 64;

    /// <summary>Media ranges of an Accept that are looked at; what we send is asked for among the first or not at all.</summary>
    public const int MaxAcceptRanges = 16;

    /// <summary>Dialogs told of one account; further ones are not told. As many as calls ring at once twice over.</summary>
    public const int MaxDialogs = 20;

    /// <summary>Longest URI of a party in a dialog's description, bytes; a longer one is left out, so that the whole stays well below a UDP datagram.</summary>
    public const int MaxIdentityBytes = 256;

    /// <summary>Phones of one shard that are being told of messages without having subscribed; a further one is told with the next change or registration. Some 1 kB each, with the transaction.</summary>
    public const int MaxNotices = 16_384;

    /// <summary>Least time between two notifications of one subscription (RFC 4235 §3.10, RFC 3842 §3.11: one per second).</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a change waits for others of the same moment: a call that is offered and rings is told once.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the first notification waits for the other shards' calls; they answer within a turn of their loops.</summary>
    public static readonly TimeSpan MaxQuery = TimeSpan.FromMilliseconds(250);

    /// <summary>Least time between two questions to all shards about one account, beyond the first.</summary>
    public static readonly TimeSpan MinQueryInterval = TimeSpan.FromSeconds(30);

    /// <summary>How long a subscription waits, its connection lost, for the phone to register over another one; phones begin within RFC 5626 §4.5's 30 s, doubled once.</summary>
    public static readonly TimeSpan FlowGrace = TimeSpan.FromSeconds(90);

    /// <summary>How often lost connections are looked for, and a notification without one is tried again.</summary>
    public static readonly TimeSpan FlowCheck = TimeSpan.FromSeconds(10);
}
