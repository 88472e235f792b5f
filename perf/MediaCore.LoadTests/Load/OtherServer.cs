using MediaCore.LoadTests.Server;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>A server that was not started here, or none at all (<c>--direct</c>).</summary>
internal sealed class OtherServer(NetworkEndpoint endpoint, Uri? metrics) : IServerUnderTest
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    public NetworkEndpoint Endpoint => endpoint;

    public async Task<ServerFigures?> LookAsync() => metrics is null ? null : new ServerFigures(await MetricsPage.GetAsync(_http, metrics), 0, 0);

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
