namespace MediaCore.Server.Http;

/// <summary>What the health endpoints ask.</summary>
internal interface IServerHealth
{
    /// <summary>Null while the process does its work; otherwise what has stopped, and then a restart is what helps.</summary>
    Task<string?> GetFailureAsync(CancellationToken cancellation);

    /// <summary>Null when new calls are welcome; otherwise why not.</summary>
    string? GetUnreadiness();
}
