using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>The troubles of a run, one after the other: each strikes for a while, then there is quiet, so that a minute's look sees both.</summary>
internal sealed class ChaosSchedule(IReadOnlyList<IDisturbance> disturbances) : IAsyncDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_trouble = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _over = new();
    private Task _task = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>What can be asked for.</summary>
    public static IReadOnlyList<string> Names => [PeerKill.Kind, SignallingLoss.Kind, MediaLoss.Kind, DatabaseOutage.Kind, ControllerLoss.Kind, ClockStep.Kind];

    /// <summary>Those of a list with commas, each at most once; null when one is not known.</summary>
    public static ChaosSchedule? TryCreate(string list)
    {
        List<IDisturbance> disturbances = [];
        foreach (string name in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal))
        {
            IDisturbance? disturbance = name switch
            {
                PeerKill.Kind => new PeerKill(),
                SignallingLoss.Kind => new SignallingLoss(),
                MediaLoss.Kind => new MediaLoss(),
                DatabaseOutage.Kind => new DatabaseOutage(),
                ControllerLoss.Kind => new ControllerLoss(),
                ClockStep.Kind => new ClockStep(),
                _ => null,
            };
            if (disturbance is null)
            {
                return null;
            }

            disturbances.Add(disturbance);
        }

        return new ChaosSchedule(disturbances);
    }

    /// <summary>How many descriptors the server may rightly have open after all of them that it had not before.</summary>
    public int SpareDescriptors => disturbances.Sum(static d => d.SpareDescriptors);

    public async Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment)
    {
        foreach (IDisturbance disturbance in disturbances)
        {
            await disturbance.PrepareAsync(configuration, environment);
        }
    }

    public async Task BeginAsync(ServerProcess server, CallGenerator generator)
    {
        foreach (IDisturbance disturbance in disturbances)
        {
            await disturbance.BeginAsync(server, generator);
        }
    }

    /// <summary>From now on there is trouble, until <see cref="EndAsync"/>.</summary>
    public void Start() => _task = disturbances.Count == 0 ? Task.CompletedTask : RunAsync();

    /// <summary>Ends the trouble that there is, and begins no other; throws what went wrong in making it.</summary>
    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await _task;
    }

    public IEnumerable<Finding> Check() => disturbances.Select(static d => d.Check());

    /// <summary>Ends what it started; the run does so before it looks at what is left, and its caller in any case.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await EndAsync();
        foreach (IDisturbance disturbance in disturbances.Reverse())
        {
            await disturbance.DisposeAsync();
        }

        _over.Dispose();
    }

    private async Task RunAsync()
    {
        for (int turn = 0; await PassesAsync(s_quiet); turn++)
        {
            IDisturbance disturbance = disturbances[turn % disturbances.Count];
            await Console.Error.WriteLineAsync($"soak: {disturbance.Name} begins");
            await disturbance.StrikeAsync();
            await PassesAsync(s_trouble);
            await disturbance.EaseAsync();
            await Console.Error.WriteLineAsync($"soak: {disturbance.Name} is over");
        }
    }

    /// <summary>Whether the time went by before the end of the run.</summary>
    private async Task<bool> PassesAsync(TimeSpan span)
    {
        try
        {
            await Task.Delay(span, _over.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
