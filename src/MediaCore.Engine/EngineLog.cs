using Microsoft.Extensions.Logging;

namespace MediaCore.Engine;

/// <summary>Log events of the engine's host side, ids 3200–3299.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(3200, LogLevel.Warning, "{Calls} calls have not confirmed their end in time; their records are written", EventName = "CallsLeft")]
    public static partial void CallsLeft(ILogger logger, long calls);

    [LoggerMessage(3210, LogLevel.Information, "{Contacts} registered contacts of before the restart are known again", EventName = "BindingsLoaded")]
    public static partial void BindingsLoaded(ILogger logger, int contacts);

    [LoggerMessage(3211, LogLevel.Warning, "{Path} ends in {Bytes} bytes that are no whole record, as a kill leaves them; what stands before is used", EventName = "BindingsTorn")]
    public static partial void BindingsTorn(ILogger logger, string path, int bytes);

    [LoggerMessage(3212, LogLevel.Warning, "{Path} is no journal of registrations; it is kept with the ending .bad and phones are unknown until they register again", EventName = "BindingsUnreadable")]
    public static partial void BindingsUnreadable(ILogger logger, string path);

    [LoggerMessage(3213, LogLevel.Error, "Registrations cannot be written to {Path}; phones register as before, but a restart would forget them", EventName = "BindingsNotWritten")]
    public static partial void BindingsNotWritten(ILogger logger, string path, Exception exception);

    [LoggerMessage(3214, LogLevel.Information, "Registrations are written to {Path} again", EventName = "BindingsWrittenAgain")]
    public static partial void BindingsWrittenAgain(ILogger logger, string path);

    [LoggerMessage(3220, LogLevel.Warning, "No {Transport} connection to {Address} (name {ServerName}): {Error}", EventName = "ConnectionNotMade")]
    public static partial void ConnectionNotMade(ILogger logger, SipTransportKind transport, string address, string serverName, Transport.Tcp.TcpConnectError error);

    [LoggerMessage(3221, LogLevel.Information, "The kernel takes no program for the sockets of udp://{Listener} (errno {Error}): messages that come to another shard than their call's are handed over, at some more processor time", EventName = "NotSteered")]
    public static partial void NotSteered(ILogger logger, string listener, int error);
}
