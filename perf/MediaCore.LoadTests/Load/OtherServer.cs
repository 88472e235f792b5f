using MediaCore.LoadTests.Server;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>A server that was not started here, or none at all (<c>--direct</c>).</summary>
internal sealed class OtherServer(NetworkEndpoint endpoint, Uri? metrics) : IServerUnderTest
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private bool _wasSeen;

    public NetworkEndpoint Endpoint => endpoint;

    /// <exception cref="CannotMeasureException">At the first look nobody is at that address.</exception>
    /// <exception cref="ServerFailedException">Later on nobody is there any more.</exception>
    public async Task<ServerFigures?> LookAsync()
    {
        if (metrics is null)
        {
            return null;
        }

        try
        {
            ServerFigures figures = new(await MetricsPage.GetAsync(_http, metrics), 0, 0);
            _wasSeen = true;
            return figures;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            throw _wasSeen
                ? new ServerFailedException($"the server does not answer at {metrics} any more: {exception.Message}", exception)
                : new CannotMeasureException($"--metrics {metrics}: {exception.Message}; give the page of the server under load (its http.listen and /metrics), or leave it out", exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
