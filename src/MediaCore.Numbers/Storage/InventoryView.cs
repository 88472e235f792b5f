using System.Collections.Immutable;
using MediaCore.Engine.Registrar;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Storage;

/// <summary>The enabled part of the inventory as of one moment.</summary>
/// <param name="Version">Highest audit entry.</param>
/// <param name="Accounts">Enabled accounts of the realm.</param>
/// <param name="AccountsOfOtherRealms">Enabled accounts whose secrets were made for another realm, and who therefore cannot authenticate.</param>
/// <param name="Numbers">Enabled numbers.</param>
internal sealed record InventoryView(long Version, ImmutableArray<Account> Accounts, int AccountsOfOtherRealms, ImmutableArray<NumberDefinition> Numbers)
{
    /// <summary>The same with tenants' accounts. Where both have a name, the node's own account is meant.</summary>
    internal InventoryView With(ImmutableArray<Account> accounts)
    {
        var own = Accounts.Select(static account => account.Name).ToHashSet(StringComparer.Ordinal);
        return this with { Accounts = Accounts.AddRange(accounts.Where(account => !own.Contains(account.Name))) };
    }
}
