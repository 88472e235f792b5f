namespace MediaCore.Engine.Subscriptions;

/// <summary>Which phones of an account are told of its waiting messages (RFC 3842).</summary>
public enum MessageNotifications
{
    /// <summary>Those that have subscribed.</summary>
    Subscribers,

    /// <summary>Those that have registered, too: after each registration, and when the messages are others than before.</summary>
    Phones,
}
