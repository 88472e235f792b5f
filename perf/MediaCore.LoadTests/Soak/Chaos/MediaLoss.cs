using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>
/// Of the sound of both sides some packets are lost on their way to the server: the generator numbers and forgets them. What reaches the server has to come out of it all the same, whole and authentic, across the gaps; where it is
/// transcoded the gaps are concealed. On the way from the server nothing is lost, so that a packet that is missing there is the server's still.
/// </summary>
internal sealed class MediaLoss : IDisturbance
{
    public const string Kind = "media-loss";
    private const double Share = 0.1;

    private CallGenerator? _generator;

    public string Name => Kind;

    public Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment) => Task.CompletedTask;

    public Task BeginAsync(ServerProcess server, CallGenerator generator)
    {
        _generator = generator;
        return Task.CompletedTask;
    }

    public Task StrikeAsync()
    {
        _generator!.Pump.LossShare = Share;
        return Task.CompletedTask;
    }

    public Task EaseAsync()
    {
        _generator!.Pump.LossShare = 0;
        return Task.CompletedTask;
    }

    public Finding Check() => new("packets of the sound were lost on their way to the server", _generator!.Totals.Dropped > 0, $"{_generator.Totals.Dropped} of ended calls");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
