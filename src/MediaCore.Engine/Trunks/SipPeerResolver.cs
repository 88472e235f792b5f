using System.Collections.Concurrent;
using System.Collections.Immutable;
using MediaCore.Engine.Policies;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// Keeps the destinations of next hops that are configured by name up to date (RFC 3263), away from the shards, which only read
/// <see cref="SipPeer.Destinations"/>. Records are asked for again when their time to live is over; SRV records of one priority are drawn anew
/// every <see cref="RefreshInterval"/>, which is what shares calls by weight. A name that stops resolving keeps its last destinations for
/// <see cref="DnsLimits.MaxStaleness"/>; one with a port, and so without weights, keeps their order while the answer holds the same addresses, so
/// that a rotating answer does not move calls about. Thread-safe.
/// </summary>
public sealed partial class SipPeerResolver : IAsyncDisposable
{
    /// <summary>How often names are gone through. Most are answered by the cache: 5 s is also the shortest time that an answer is held.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    /// <summary>Names at once. Names whose servers are silent take the whole time budget, and should not hold up the others.</summary>
    public const int MaxConcurrentLookups = 64;

    private readonly SipNameResolver _names;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<SipPeer>> _watched = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SipPeer, DateTimeOffset> _failingSince = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Watches nothing yet.</summary>
    public SipPeerResolver(ILoggerFactory? loggers = null, TimeProvider? time = null, SipNameResolver? names = null)
    {
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<SipPeerResolver>();
        _time = time ?? TimeProvider.System;
        _names = names ?? new SipNameResolver(new DnsServerLookup(new DnsServerOptions()));
    }

    /// <summary>
    /// Replaces the peers that one owner (<c>routes</c>, <c>numbers</c>) wants resolved. Literals are resolved before this returns; names
    /// within the next <see cref="ResolveAsync"/>, which the running loop is told to do at once.
    /// </summary>
    public void Watch(string owner, IEnumerable<SipPeer> peers)
    {
        ImmutableArray<SipPeer> names = [.. peers.Distinct().Where(peer => !SipPeerUri.TryResolveLiteral(peer))];
        lock (_gate)
        {
            _watched[owner] = names;
        }

        if (!names.IsEmpty && _loop is { IsCompleted: false })
        {
            _ = ResolveAsync(_stopping.Token);
        }
    }

    /// <summary>Begins to look all names up, and goes on refreshing them until disposal.</summary>
    /// <returns>The first round. A server does not wait for it: name servers that are silent must not keep calls to addresses and accounts waiting.</returns>
    public Task StartAsync()
    {
        Task first = Task.Run(() => ResolveAsync(_stopping.Token), CancellationToken.None);
        _loop = RefreshAsync(first);
        return first;
    }

    /// <summary>Goes through all names once. Names that fail are logged and keep what they have.</summary>
    public async Task ResolveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped while another round ran; there is nothing left to refresh.
            return;
        }

        try
        {
            HashSet<SipPeer> peers;
            lock (_gate)
            {
                peers = [.. _watched.Values.SelectMany(peers => peers)];
            }

            foreach (SipPeer forgotten in _failingSince.Keys.Where(peer => !peers.Contains(peer)))
            {
                _failingSince.TryRemove(forgotten, out _);
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentLookups, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(peers, options, async (peer, cancelled) => await ResolvePeerAsync(peer, cancelled));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopped: the addresses stay as they are.
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;

        // A round that Watch began may still run; it ends by the cancellation.
        await _turn.WaitAsync(CancellationToken.None);
        _turn.Release();
    }

    private async Task RefreshAsync(Task first)
    {
        await first;
        using var timer = new PeriodicTimer(RefreshInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await ResolveAsync(_stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposal.
        }
    }

    private async Task ResolvePeerAsync(SipPeer peer, CancellationToken cancellationToken)
    {
        SipLocation location = await _names.ResolveAsync(TargetOf(peer), cancellationToken);
        if (location.Addresses.IsEmpty)
        {
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset since = _failingSince.GetOrAdd(peer, now);
            if (since == now)
            {
                LogLookupFailed(peer.Host, location.IsUncertain ? "no answer" : "no address");
            }

            if (now - since > DnsLimits.MaxStaleness || !peer.WasLookedUp)
            {
                peer.Destinations = [];
            }

            return;
        }

        _failingSince.TryRemove(peer, out _);
        ImmutableArray<SipDestination> found = ToDestinations(location, peer.Host);
        ImmutableArray<SipDestination> current = peer.Destinations;
        bool isSame = peer.IsPortGiven ? found.Length == current.Length && found.All(current.Contains) : found.SequenceEqual(current);
        if (!isSame)
        {
            peer.Destinations = found;
            LogResolved(peer.Host, found.Length);
        }
    }

    /// <summary>What was found for a host, as the engine sends to it.</summary>
    internal static ImmutableArray<SipDestination> ToDestinations(SipLocation location, string host) =>
        [.. location.Addresses.Select(address => new SipDestination(address.Address, TransportOf(address.Service), host))];

    /// <summary>What is asked for a next hop.</summary>
    internal static SipTarget TargetOf(SipPeer peer) => new(
        peer.Host,
        peer.IsPortGiven ? peer.Port : (ushort)0,
        peer.IsTransportGiven ? ServiceOf(peer.Transport) : null);

    private static SipService ServiceOf(SipTransportKind transport) => transport switch
    {
        SipTransportKind.Udp => SipService.Udp,
        SipTransportKind.Tcp => SipService.Tcp,
        _ => SipService.Tls,
    };

    private static SipTransportKind TransportOf(SipService service) => service switch
    {
        SipService.Udp => SipTransportKind.Udp,
        SipService.Tcp => SipTransportKind.Tcp,
        _ => SipTransportKind.Tls,
    };
}
