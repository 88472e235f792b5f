using Microsoft.Extensions.Hosting;

namespace MediaCore.Server.Http;

/// <summary>Signals are the server's to handle; the usual lifetime would stop Kestrel on the first one, in the middle of a drain.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
