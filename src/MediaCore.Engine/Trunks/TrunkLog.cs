using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Trunks;

/// <summary>Log events of registration, credentials and probing, ids 3440–3459. Users, realms and addresses of peers are not in them; trunks have names.</summary>
internal static partial class TrunkLog
{
    [LoggerMessage(3440, LogLevel.Information, "trunk {Trunk}: registered for {Seconds} s", EventName = "TrunkRegistered")]
    public static partial void Registered(ILogger logger, string trunk, long seconds);

    [LoggerMessage(3441, LogLevel.Warning, "trunk {Trunk}: registration failed with {Status} (0: no answer); next try in {Seconds:F0} s", EventName = "TrunkRegistrationFailed")]
    public static partial void RegistrationFailed(ILogger logger, string trunk, int status, double seconds);

    [LoggerMessage(3442, LogLevel.Information, "trunk {Trunk}: registration taken back", EventName = "TrunkUnregistered")]
    public static partial void Unregistered(ILogger logger, string trunk);

    [LoggerMessage(3443, LogLevel.Warning, "trunk {Trunk}: destination {Destination} is down, last status {Status} (0: no answer)", EventName = "TrunkDestinationDown")]
    public static partial void DestinationDown(ILogger logger, string trunk, string destination, int status);

    [LoggerMessage(3444, LogLevel.Information, "trunk {Trunk}: destination {Destination} is up again", EventName = "TrunkDestinationUp")]
    public static partial void DestinationUp(ILogger logger, string trunk, string destination);

    [LoggerMessage(3445, LogLevel.Warning, "trunk {Trunk}: credentials were refused; check user, password and realm", EventName = "TrunkCredentialsRefused")]
    public static partial void CredentialsRefused(ILogger logger, string trunk);

    [LoggerMessage(3446, LogLevel.Warning, "trunk {Trunk}: a challenge that is not the trunk's own (another realm or address, or an unknown algorithm) was left unanswered", EventName = "TrunkChallengeForeign")]
    public static partial void ForeignChallenge(ILogger logger, string trunk);
}
