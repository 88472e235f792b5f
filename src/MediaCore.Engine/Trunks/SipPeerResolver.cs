using System.Collections.Immutable;
using System.Net;
using MediaCore.Engine.Policies;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Trunks;

/// <summary>Looks a host name up: A and AAAA records.</summary>
public delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);

/// <summary>
/// Keeps the addresses of next hops that are configured by name up to date, away from the shards, which only read
/// <see cref="SipPeer.Endpoint"/>. A name that stops resolving keeps its last address; one whose answer still holds the address in use keeps
/// it, so that a rotating answer does not move calls about. SRV and NAPTR (RFC 3263) are not asked: configure the port.
/// Thread-safe.
/// </summary>
public sealed partial class SipPeerResolver : IAsyncDisposable
{
    /// <summary>How often names are looked up again. The framework does not tell a record's time to live; 60 s is what carriers' failover records carry.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(60);

    /// <summary>A look-up that takes longer has failed: two tries of a stub resolver at its usual 5 s.</summary>
    public static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Look-ups at once.</summary>
    public const int MaxConcurrentLookups = 8;

    private readonly HostLookup _lookup;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<SipPeer>> _watched = new(StringComparer.Ordinal);
    private Task _loop = Task.CompletedTask;

    /// <summary>Watches nothing yet.</summary>
    public SipPeerResolver(ILoggerFactory? loggers = null, TimeProvider? time = null, HostLookup? lookup = null)
    {
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<SipPeerResolver>();
        _time = time ?? TimeProvider.System;
        _lookup = lookup ?? Dns.GetHostAddressesAsync;
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

    /// <summary>Looks all names up once, so that the first call finds addresses, and goes on refreshing them until disposal.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await ResolveAsync(cancellationToken);
        _loop = Task.Run(RefreshAsync, CancellationToken.None);
    }

    /// <summary>Looks all names up once. Names that fail are logged and keep what they have.</summary>
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
            IGrouping<string, SipPeer>[] hosts;
            lock (_gate)
            {
                hosts = [.. _watched.Values.SelectMany(peers => peers).Distinct().GroupBy(peer => peer.Host, StringComparer.OrdinalIgnoreCase)];
            }

            var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentLookups, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(hosts, options, async (host, cancelled) => await ResolveHostAsync(host, cancelled));
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

    private async Task RefreshAsync()
    {
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

    private async Task ResolveHostAsync(IGrouping<string, SipPeer> host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await _lookup(host.Key, cancellationToken).WaitAsync(LookupTimeout, _time, cancellationToken);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ArgumentException or TimeoutException)
        {
            LogLookupFailed(host.Key, e.Message);
            return;
        }

        if (addresses.Length == 0)
        {
            LogLookupFailed(host.Key, "no address");
            return;
        }

        foreach (SipPeer peer in host)
        {
            NetworkEndpoint current = peer.Endpoint;
            if (!Array.Exists(addresses, address => NetworkEndpoint.From(address, peer.Port) == current))
            {
                peer.Endpoint = NetworkEndpoint.From(addresses[0], peer.Port);
                LogResolved(host.Key, addresses.Length);
            }
        }
    }
}
