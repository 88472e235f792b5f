using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Routing;

/// <content>Log events 7000–7019. Numbers and account names stay out of the log; the audit and <c>numbers list</c> have them.</content>
public sealed partial class NumberDirectory
{
    [LoggerMessage(7000, LogLevel.Information, "{Numbers} numbers and {Accounts} accounts are in force (inventory version {Version}).", EventName = "InventoryInForce")]
    private partial void LogReloaded(int numbers, int accounts, long version);

    [LoggerMessage(7001, LogLevel.Warning, "{Count} accounts were made for another realm than '{Realm}' and cannot authenticate: set their passwords again, or set the realm back.", EventName = "AccountsOfOtherRealm")]
    private partial void LogOtherRealms(int count, string realm);

    [LoggerMessage(7002, LogLevel.Warning, "Target {Position} ({Kind}) of a number is passed over: its trunk is not configured or its account is disabled (inventory version {Version}; 'numbers list' has the targets of each number).", EventName = "TargetUnusable")]
    private partial void LogTargetUnusable(int position, string kind, long version);

    [LoggerMessage(7003, LogLevel.Error, "The inventory cannot be read; calls are routed by what was read last. It is tried again every second.", EventName = "InventoryUnreadable")]
    private partial void LogReloadFailed(Exception fault);
}
