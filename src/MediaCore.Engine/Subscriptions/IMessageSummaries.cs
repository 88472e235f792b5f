namespace MediaCore.Engine.Subscriptions;

/// <summary>Voice messages of an account (RFC 3842 §5.2).</summary>
/// <param name="New">Not yet heard.</param>
/// <param name="Old">Heard and kept.</param>
/// <param name="UrgentNew">Of the new ones, urgent.</param>
/// <param name="UrgentOld">Of the old ones, urgent.</param>
public readonly record struct MessageSummary(int New, int Old, int UrgentNew = 0, int UrgentOld = 0);

/// <summary>
/// How many messages wait for an account; called on shard threads, so it answers from memory. Whoever implements it tells changes by
/// <see cref="SipEngine.NoteMessages"/>.
/// </summary>
public interface IMessageSummaries
{
    /// <summary>The account's messages now; false, and none, for an account without a mailbox.</summary>
    bool TryGet(string account, out MessageSummary summary);
}
