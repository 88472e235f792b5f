using System.Globalization;

namespace MediaCore.Control.Mapping;

/// <summary>Identifiers of commands that the server gives itself.</summary>
internal static class ServerCommandId
{
    /// <summary>What they begin with, and no client's does.</summary>
    public const string Prefix = "server:";

    /// <summary>The identifier of a command under an epoch; the next one of the same call never comes before its end.</summary>
    public static string Make(string verb, long epoch) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{verb}-{epoch}");
}
