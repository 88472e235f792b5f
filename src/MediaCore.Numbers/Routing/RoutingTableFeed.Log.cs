using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Routing;

/// <content>Log events 7030–7039.</content>
public sealed partial class RoutingTableFeed
{
    [LoggerMessage(7030, LogLevel.Debug, "{Numbers} numbers are routed (audit number {Version}).", EventName = "RoutingTableInForce")]
    private partial void LogInForce(int numbers, long version);

    [LoggerMessage(7031, LogLevel.Error, "The numbers cannot be read; calls are routed by what was read last. It is tried again every second.", EventName = "RoutingTableUnreadable")]
    private partial void LogFailed(Exception fault);

    [LoggerMessage(7032, LogLevel.Information, "Changes by other nodes are told by the database at once.", EventName = "ListeningForChanges")]
    private partial void LogListening();

    [LoggerMessage(7033, LogLevel.Warning, "The database cannot tell of changes ({Reason}); they are looked for every second meanwhile.", EventName = "NotListeningForChanges")]
    private partial void LogNotListening(string reason);
}
