namespace MediaCore.Server.Configuration;

/// <summary>What a reload of the configuration puts in force; every other key waits for a restart.</summary>
internal static class ReloadableKeys
{
    // With all that is below them.
    private static readonly string[] s_keys =
    [
        "trunks", "routes", "sip.tls", "grpc.certificate", "grpc.key", "grpc.clientAuthority", "logging.level", "drain.limitSeconds",
        "calls.maxDurationSeconds", "calls.maxRingingSeconds", "calls.silentProbeSeconds", "calls.maxPerAccount", "calls.maxAttempts", "calls.maxFailoverSeconds",
    ];

    /// <summary>Whether a key is one of them.</summary>
    public static bool Contains(string key) =>
        Array.Exists(s_keys, known => key.StartsWith(known, StringComparison.Ordinal) && (key.Length == known.Length || key[known.Length] is '.' or '['));
}
