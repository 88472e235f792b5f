using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Tests.Actions;

/// <summary>Numbers of our own and who is registered, as a test says it.</summary>
internal sealed class TestNumbers : INumberDestinations, IRegistrations
{
    public static readonly Guid Tenant = Guid.Empty;

    /// <summary>What each number does.</summary>
    public Dictionary<string, Func<CallActivity>> Roots { get; } = new(StringComparer.Ordinal);

    /// <summary>Tenants of numbers that are not the caller's.</summary>
    public Dictionary<string, Guid> Owners { get; } = new(StringComparer.Ordinal);

    /// <summary>Accounts without a phone.</summary>
    public HashSet<string> Unregistered { get; } = new(StringComparer.Ordinal);

    public bool IsOurs(string number) => Roots.ContainsKey(number);

    public bool IsRegistered(string account) => !Unregistered.Contains(account);

    public CallBeginning? BeginAt(string number, CallFacts before, CallDiversion diversion, DateTimeOffset now)
    {
        if (!Roots.TryGetValue(number, out Func<CallActivity>? root))
        {
            return null;
        }

        Guid owner = Owners.GetValueOrDefault(number, before.TenantId);
        CallFacts facts = before with { Number = number, TenantId = owner, Diversions = [diversion, .. before.Diversions], At = now };
        return new CallBeginning(facts, Configuration(), root());
    }

    /// <summary>A tenant with users ann, bob and cyd, each with the account of that name.</summary>
    public static TenantConfiguration Configuration() => new()
    {
        Tenant = new Tenant { Name = "test" },
        Users = new[] { "ann", "bob", "cyd" }.Select(static name => new User { Name = name, Account = name }).Append(new User { Name = "dan" })
            .ToFrozenDictionary(static user => user.Name, StringComparer.OrdinalIgnoreCase),
    };
}
