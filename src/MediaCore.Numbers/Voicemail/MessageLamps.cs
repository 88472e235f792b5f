using System.Collections.Frozen;
using System.Data.Common;
using System.Threading.Channels;
using MediaCore.Engine.Subscriptions;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// The lamps of phones (RFC 3842): how many messages wait for each account, counted from the messages themselves. A box counts for its owner's account and for those that its settings name (<c>lamps</c>); an account with several boxes gets their sum.
/// Counts are read when this node has changed something or another configuration is in force, and every <see cref="VoicemailLimits.LampInterval"/> for what other nodes have. Thread-safe.
/// </summary>
public sealed partial class MessageLamps : IMessageSummaries, IAsyncDisposable
{
    private readonly ServiceStore _store;
    private readonly Func<FrozenDictionary<Guid, TenantConfiguration>> _configurations;
    private readonly ILogger _logger;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private volatile FrozenDictionary<string, MessageSummary> _current = FrozenDictionary<string, MessageSummary>.Empty;
    private volatile Action<string>? _tell;
    private Task _loop = Task.CompletedTask;
    private bool _failing;

    /// <summary>Lamps that are all off; <see cref="LookAsync"/> counts.</summary>
    internal MessageLamps(ServiceStore store, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, ILoggerFactory? loggers = null)
    {
        _store = store;
        _configurations = configurations;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<MessageLamps>();
    }

    /// <summary>Counts, and goes on counting when it is signalled or time has passed.</summary>
    internal static async Task<MessageLamps> StartAsync(ServiceStore store, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        var lamps = new MessageLamps(store, configurations, loggers);
        await lamps.LookAsync(cancellationToken);
        lamps._loop = Task.Run(lamps.WorkAsync, CancellationToken.None);
        return lamps;
    }

    /// <inheritdoc/>
    public bool TryGet(string account, out MessageSummary summary) => _current.TryGetValue(account, out summary);

    /// <summary>Whom to tell of an account whose messages are others than before.</summary>
    internal void Attach(Action<string>? tell) => _tell = tell;

    /// <summary>Messages have changed, or whose they are.</summary>
    internal void Signal(object? sender, EventArgs change) => _signals.Writer.TryWrite(true);

    /// <summary>Counts now.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await using ServiceContext context = _store.Open(TenantScope.Platform);
        var counts = await context.VoicemailMessages.AsNoTracking().Where(static row => row.State != VoicemailState.Deleted)
            .GroupBy(static row => new { row.BoxId, IsNew = row.State == VoicemailState.New, row.Urgent })
            .Select(static group => new { group.Key.BoxId, group.Key.IsNew, group.Key.Urgent, Count = group.Count() }).ToListAsync(cancellationToken);
        var byBox = counts.ToLookup(static each => each.BoxId);
        Dictionary<string, MessageSummary> summaries = new(StringComparer.Ordinal);
        foreach (TenantConfiguration configuration in _configurations().Values.Where(static one => one.Boxes.Count > 0))
        {
            Dictionary<Guid, User> people = configuration.Users.Values.ToDictionary(static user => user.Id);
            foreach (VoicemailBox box in configuration.Boxes.Values)
            {
                MessageSummary own = default;
                foreach (var each in byBox[box.Id])
                {
                    own = each.IsNew
                        ? own with { New = own.New + each.Count, UrgentNew = own.UrgentNew + (each.Urgent ? each.Count : 0) }
                        : own with { Old = own.Old + each.Count, UrgentOld = own.UrgentOld + (each.Urgent ? each.Count : 0) };
                }

                foreach (string account in AccountsOf(box, configuration, people))
                {
                    MessageSummary others = summaries.GetValueOrDefault(account);
                    summaries[account] = new MessageSummary(others.New + own.New, others.Old + own.Old, others.UrgentNew + own.UrgentNew, others.UrgentOld + own.UrgentOld);
                }
            }
        }

        FrozenDictionary<string, MessageSummary> before = _current;
        FrozenDictionary<string, MessageSummary> now = summaries.ToFrozenDictionary(StringComparer.Ordinal);
        _current = now;
        foreach (string account in before.Keys.Union(now.Keys, StringComparer.Ordinal).Where(account => before.GetValueOrDefault(account) != now.GetValueOrDefault(account)))
        {
            _tell?.Invoke(account);
        }
    }

    /// <summary>Counts no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    // An account that is not the tenant's is nobody's to show a lamp on.
    private static IEnumerable<string> AccountsOf(VoicemailBox box, TenantConfiguration configuration, Dictionary<Guid, User> people)
        => new[] { box.UserId is { } owner && people.TryGetValue(owner, out User? user) && !user.Disabled ? user.Account : null }.OfType<string>()
            .Concat(configuration.Parsed(box, VoicemailSettings.Of).Lamps).Where(configuration.Accounts.Contains).Distinct(StringComparer.Ordinal);

    private async Task WorkAsync()
    {
        await using ITimer timer = _store.Time.CreateTimer(static lamps => ((MessageLamps)lamps!)._signals.Writer.TryWrite(true), this, VoicemailLimits.LampInterval, VoicemailLimits.LampInterval);
        try
        {
            await foreach (bool _ in _signals.Reader.ReadAllAsync(_stopping.Token))
            {
                try
                {
                    await LookAsync(_stopping.Token);
                    _failing = false;
                }
                catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
                {
                    VoicemailMetrics.LampFailures.Add(1);
                    if (!_failing)
                    {
                        LogNotCounted(e);
                    }

                    _failing = true;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    [LoggerMessage(7130, LogLevel.Error, "Waiting messages cannot be counted: lamps of phones stay as they are. It is tried again every 10 s.", EventName = "MessagesNotCounted")]
    private partial void LogNotCounted(Exception fault);
}
