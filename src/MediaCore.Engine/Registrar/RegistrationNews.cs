using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Registrar;

/// <summary>Tells those who want to know of contacts that have come or gone. Owned by its shard.</summary>
internal sealed class RegistrationNews(ShardContext context)
{
    /// <summary>Whether anybody wants it; while nobody does, nothing is made.</summary>
    public bool IsWanted => context.Services.CallEvents is { WantsRegistrations: true };

    /// <summary>
    /// The list of an account was changed. What is told of an account is told by one shard at a time, which reads the list anew for each word: two shards that change it at once cannot be heard in the wrong order, and neither waits.
    /// The one that comes second leaves its change to the first, which tells it, too.
    /// </summary>
    /// <param name="entry">The account.</param>
    /// <param name="before">What the change has replaced.</param>
    /// <param name="source">Where the REGISTER came from; empty where there was none.</param>
    /// <param name="reason">Why; null to see it by the lists.</param>
    public void Tell(AccountBindings entry, Binding[] before, string source = "", RegistrationReason? reason = null)
    {
        if (!IsWanted || !entry.TryBeginTelling())
        {
            return;
        }

        int changes;
        do
        {
            changes = entry.Untold;
            Binding[] after = entry.IsRetired ? [] : entry.Stored;
            if (!ReferenceEquals(before, after))
            {
                Publish(entry.Account, after.Length, reason ?? GetReason(before, after), source);
            }

            // What else there is to tell comes from another shard.
            source = "";
            reason = null;
            before = after;
        }
        while (!entry.TryEndTelling(changes));
    }

    /// <summary>What has ended these contacts.</summary>
    public static RegistrationReason GetReason(ReadOnlySpan<Binding> dropped, Primitives.Timestamp now)
    {
        foreach (Binding binding in dropped)
        {
            if (binding.ExpiresAt <= now)
            {
                return RegistrationReason.Expired;
            }
        }

        return RegistrationReason.FlowLost;
    }

    private void Publish(string account, int contacts, RegistrationReason reason, string source)
    {
        var changed = new RegistrationChanged { Account = account, Contacts = contacts, Reason = reason, Source = source };
        changed.Stamp("", sequence: 0, context.WallClock);
        context.Statistics.CallEvents++;
        context.Services.CallEvents!.Publish(changed);
    }

    private RegistrationReason GetReason(Binding[] before, Binding[] after) =>
        HasNew(before, after) ? RegistrationReason.Registered
        : HasNew(after, AccountBindings.WithoutDead(before, context.Now)) ? RegistrationReason.Unregistered
        : RegistrationReason.Expired;

    private static bool HasNew(Binding[] before, Binding[] after)
    {
        foreach (Binding binding in after)
        {
            if (Array.IndexOf(before, binding) < 0)
            {
                return true;
            }
        }

        return false;
    }
}
