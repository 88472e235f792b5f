using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Registrar;

/// <summary>Tells those who want to know of contacts that have come or gone. Owned by its shard.</summary>
internal sealed class RegistrationNews(ShardContext context)
{
    /// <summary>Whether anybody wants it; while nobody does, nothing is made.</summary>
    public bool IsWanted => context.Services.CallEvents is { WantsRegistrations: true };

    /// <summary>A REGISTER has changed the list of an account.</summary>
    public void TellChange(string account, Binding[] before, Binding[] after, string source)
    {
        RegistrationReason reason = HasNew(before, after) ? RegistrationReason.Registered
            : HasNew(after, AccountBindings.WithoutDead(before, context.Now)) ? RegistrationReason.Unregistered
            : RegistrationReason.Expired;
        Tell(account, after.Length, reason, source);
    }

    /// <summary>An account has so many contacts now.</summary>
    public void Tell(string account, int contacts, RegistrationReason reason, string source = "")
    {
        var changed = new RegistrationChanged { Account = account, Contacts = contacts, Reason = reason, Source = source };
        changed.Stamp("", sequence: 0, context.WallClock);
        context.Statistics.CallEvents++;
        context.Services.CallEvents!.Publish(changed);
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
