using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Configuration;

/// <content>Log events 7050–7054.</content>
public sealed partial class ConfigurationFeed
{
    [LoggerMessage(7050, LogLevel.Debug, "The configurations of {Tenants} tenants are in force.", EventName = "ConfigurationsInForce")]
    private partial void LogInForce(int tenants);

    [LoggerMessage(7051, LogLevel.Error, "The tenants' configurations cannot be read; calls go by what was read last. It is tried again every second.", EventName = "ConfigurationsUnreadable")]
    private partial void LogFailed(Exception fault);
}
