using System.Collections.Frozen;
using System.Text;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Policies;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;

namespace MediaCore.Numbers.Dialling;

/// <summary>
/// What phones of a tenant dial without leaving it: extensions of people, and feature codes. Answers out of memory, from any thread. What a phone dials that is neither goes its way to numbers, accounts and routes.
/// </summary>
/// <param name="owner">Whose an account is; null for one that is no tenant's.</param>
/// <param name="configurations">The tenants' configurations.</param>
/// <param name="lengths">Which lengths extensions have: bit n for n digits.</param>
/// <param name="time">The clock.</param>
public sealed class InsideDialling(Func<string, Guid?> owner, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, Func<uint> lengths, TimeProvider time)
{
    /// <summary>The longest that is dialled inside: a code and a number behind it.</summary>
    private const int MaxDialledCharacters = 3 + DialledNumber.MaxCharacters;

    /// <summary>Whether anybody has an extension of so many digits: then whoever dials one has to say who he is.</summary>
    internal bool HasExtensions(int digits) => digits < 32 && (lengths() >> digits & 1) != 0;

    /// <summary>The plan for what an account dials; null for what is none of ours.</summary>
    internal RoutePlan? Route(string account, ReadOnlySpan<byte> called)
    {
        Span<char> dialled = stackalloc char[MaxDialledCharacters];
        return called.Length <= MaxDialledCharacters && Ascii.ToUtf16(called, dialled, out int length) == System.Buffers.OperationStatus.Done && Find(account, dialled[..length], out _) is not null
            ? ServicePlan.Inside
            : null;
    }

    /// <summary>Whether an account may call another by its name: those of one tenant may, and those of none.</summary>
    internal bool MayCall(string account, string called) => owner(account) == owner(called);

    /// <summary>Begins with a call that an account has made inside; null for what is none of ours (any more).</summary>
    internal CallBeginning? Begin(CallOffered offer)
    {
        if (offer.Account is not { } account || Find(account, offer.Called, out TenantConfiguration? configuration) is not { } activity)
        {
            return null;
        }

        User? caller = FindPerson(configuration!, account);
        return new CallBeginning(
            new CallFacts
            {
                CallId = offer.CallId,
                TenantId = configuration!.Tenant.Id,
                Number = offer.Called,
                Called = offer.Called,
                Caller = caller?.Extension ?? offer.Caller,
                Account = account,
                At = time.GetUtcNow(),
                Headers = offer.Headers,
            },
            configuration,
            activity);
    }

    private CallActivity? Find(string account, ReadOnlySpan<char> dialled, out TenantConfiguration? configuration)
    {
        configuration = null;
        if (dialled.Length < InventoryLimits.MinExtensionDigits || owner(account) is not { } tenant || !configurations().TryGetValue(tenant, out configuration) || configuration.Tenant.Suspended)
        {
            return null;
        }

        if (FeatureCodes.TryRead(dialled, out FeatureCode code, out ReadOnlySpan<char> number))
        {
            return !configuration.Tenant.NoFeatureCodes && FindPerson(configuration, account) is { Disabled: false } caller ? new FeatureActivity(code, caller, number.ToString()) : null;
        }

        return dialled.Length <= InventoryLimits.MaxExtensionDigits && PeopleIndex.Of(configuration).FindByExtension(dialled.ToString()) is { } person ? new ExtensionActivity(person) : null;
    }

    // Names in their order, so that of two people with one account it is always the same.
    private static User? FindPerson(TenantConfiguration configuration, string account)
        => configuration.Users.Values.Where(user => user.Account == account).MinBy(static user => user.Name, StringComparer.Ordinal);
}
