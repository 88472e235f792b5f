using MediaCore.Engine.Control;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Actions;

/// <summary>What a <see cref="RingTarget"/> is for a call: something to be dialled, one of our own numbers, or nobody.</summary>
/// <param name="Key">Name of the target, the same for each call.</param>
/// <param name="Dial">What is dialled; null where nothing is.</param>
/// <param name="OwnNumber">Number of our own that it leads to; null for none.</param>
/// <param name="Problem">Why it is not rung; empty where it is.</param>
/// <param name="IsForwarded">A person has forwarded it there, which is told like any diversion.</param>
internal readonly record struct RingDestination(string Key, DialDestination? Dial, string? OwnNumber, string Problem, bool IsForwarded = false)
{
    /// <summary>Finds out.</summary>
    public static RingDestination Of(RingTarget target, ICallStage call)
    {
        switch (target)
        {
            case { User: { } name }:
                return !call.Configuration.Users.TryGetValue(name, out User? user) ? Nobody(name, $"there is no user {name}")
                    : user.Disabled ? Nobody(name, $"user {name} is disabled")
                    : user.DoNotDisturb ? Nobody(name, $"user {name} does not want to be disturbed")
                    : user.ForwardTo is { Length: > 0 } elsewhere ? Of(new RingTarget { Number = elsewhere }, call) with { IsForwarded = true }
                    : user.Account is not { Length: > 0 } own ? Nobody(name, $"user {name} has no account")
                    : OfAccount(own, call);
            case { Account: { } account }:
                return OfAccount(account, call);
            case { Number: { } number }:
                return call.Services.Numbers is { } numbers && numbers.IsOurs(number)
                    ? new RingDestination(number, null, number, "")
                    : new RingDestination(number, new NumberDestination(number), null, "");
            case { Uri: { } uri }:
                return new RingDestination(uri, new UriDestination(uri), null, "");
            case { Extension: { } extension }:
                return PeopleIndex.Of(call.Configuration).FindByExtension(extension) is { } person ? Of(new RingTarget { User = person.Name }, call) : Nobody(extension, $"nobody has the extension {extension}");
            case { Trunk: { } trunk } when call.Services.MayUseTrunk?.Invoke(call.Configuration.Tenant, trunk) == false:
                return Nobody(trunk, $"trunk {trunk} is not for this tenant");
            case { Trunk: { } trunk }:
                return new RingDestination($"{trunk}/{target.Dial}", new TrunkDestination(trunk, target.Dial ?? call.Facts.Number), null, "");
            default:
                return Nobody("", "the target names nobody");
        }
    }

    private static RingDestination OfAccount(string account, ICallStage call)
        => call.Services.AccountOwner?.Invoke(account) is { } owner && owner != call.Facts.TenantId ? Nobody(account, $"there is no account {account}")
            : call.Services.Registrations is { } registrations && !registrations.IsRegistered(account)
            ? Nobody(account, $"account {account} has no phone registered")
            : new RingDestination(account, new AccountDestination(account), null, "");

    private static RingDestination Nobody(string key, string problem) => new(key, null, null, problem);
}
