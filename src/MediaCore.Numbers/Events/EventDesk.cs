using MediaCore.Numbers.Brokers;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Webhooks;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Events;

/// <summary>Tells events: numbers them, hands them to webhooks and to the broker, and deletes those that are old. What fails is tried again, and nothing waits for it.</summary>
internal sealed partial class EventDesk : IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebhookClient _client;
    private readonly WebhookWork _webhooks;
    private readonly BrokerWork? _broker;
    private readonly Task[] _loops;
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);

    private EventDesk(ServiceStore store, string node, WebhookOptions webhooks, RabbitOptions? rabbit, ILoggerFactory loggers)
    {
        _store = store;
        _logger = loggers.CreateLogger<EventDesk>();
        _client = new WebhookClient(webhooks, store.Time);
        _webhooks = new WebhookWork(store, _client, node, loggers.CreateLogger<WebhookWork>());
        _broker = rabbit is null ? null : new BrokerWork(store, new RabbitLine(rabbit, loggers.CreateLogger<RabbitLine>()), node);
        EventMetrics.Publish();
        EventNumbering numbering = new(store);
        EventRetention retention = new(store);
        _loops =
        [
            RunAsync("numbering", EventLimits.Interval, async token =>
            {
                while (await numbering.RunOnceAsync(token) == EventLimits.NumberedAtOnce)
                {
                    // There are more.
                }
            }),
            RunAsync("webhooks", EventLimits.Interval, token => _webhooks.StartTurnsAsync(token)),
            RunAsync("retention", EventLimits.TidyInterval, async token =>
            {
                while (await retention.RunOnceAsync(token) > 0)
                {
                    // There are more.
                }
            }),
            _broker is null ? Task.CompletedTask : _broker.RunAsync(_stopping.Token),
        ];
    }

    /// <summary>Begins.</summary>
    /// <param name="store">The database.</param>
    /// <param name="node">What this node calls itself.</param>
    /// <param name="webhooks">What webhooks may reach.</param>
    /// <param name="rabbit">The broker; null for none.</param>
    /// <param name="loggers">Logs.</param>
    public static EventDesk Start(ServiceStore store, string node, WebhookOptions webhooks, RabbitOptions? rabbit, ILoggerFactory loggers) => new(store, node, webhooks, rabbit, loggers);

    /// <summary>Ends; what is under way is told again at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await _webhooks.Turns;
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(string what, TimeSpan interval, Func<CancellationToken, Task> step)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(interval, _store.Time);
        try
        {
            do
            {
                try
                {
                    await step(_stopping.Token);
                    lock (_failing)
                    {
                        _failing.Remove(what);
                    }
                }
                catch (Exception e) when (!_stopping.IsCancellationRequested || e is not OperationCanceledException)
                {
                    // Whatever it is, it must not end what all tenants' events wait for.
                    Note(what, e);
                }
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Disposal.
        }
    }

    private void Note(string what, Exception fault)
    {
        EventMetrics.Failures.Add(1);
        bool isFirst;
        lock (_failing)
        {
            isFirst = _failing.Add(what);
        }

        if (isFirst)
        {
            LogFailed(what, fault);
        }
    }

    [LoggerMessage(7152, LogLevel.Error, "Events cannot be read or written in the database ({What}); they wait, and it is tried again.", EventName = "EventsUnreadable")]
    private partial void LogFailed(string what, Exception fault);
}
