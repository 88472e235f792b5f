using System.Security.Cryptography;
using MediaCore.Primitives;
using MediaCore.Transport.Native;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Media;

/// <summary>
/// The RTP/RTCP socket pairs of one shard: the even ports of the range with <c>((port - first) / 2) % shardCount == shardIndex</c>. Pairs are
/// bound ahead of need, watched by the shard's poller from then on, and kept until the pool is disposed. A released pair rests, and rests on while its last peer goes on sending to it; then it goes
/// to the end of the queue of free ones, so that the longest rested is used first. Owned by its shard.
/// <para>Bound: two descriptors for each of its ports, reached only when that many streams were up (or resting) at once.</para>
/// </summary>
public sealed class MediaPortPool : IDisposable
{
    private readonly NetworkEndpoint _address;
    private readonly ushort[] _ports;
    private readonly MediaPort?[] _bound;
    private readonly UdpSocketOptions _socketOptions;
    private readonly MediaPortOptions _options;
    private readonly EventPoller _poller;
    private readonly Func<int, bool, ulong> _token;
    private readonly Queue<MediaPort> _free;
    private readonly Queue<MediaPort> _resting;
    private readonly Queue<MediaPort> _stillHeard = new();
    private readonly Queue<HeldPort> _held = new();
    private Timestamp _now = Timestamp.Zero;
    private Timestamp _bindPausedUntil = Timestamp.Zero;
    private int _nextUntried;
    private bool _disposed;

    /// <summary>Makes the pool and binds its reserve.</summary>
    /// <param name="address">The local address; its port is ignored.</param>
    /// <param name="firstPort">First port of the whole range.</param>
    /// <param name="lastPort">Last port of the whole range, inclusive; a pair needs both of its ports inside.</param>
    /// <param name="shardIndex">Which shard this is.</param>
    /// <param name="shardCount">How many share the range.</param>
    /// <param name="options">How the ports are kept.</param>
    /// <param name="poller">The shard's poller, which reports packets on every bound port, in use or not.</param>
    /// <param name="token">The poller token for a port's <see cref="MediaPort.Index"/>; true for its RTCP socket.</param>
    /// <exception cref="SocketBindException">No port of the address can be bound, for a reason other than somebody else holding it.</exception>
    public MediaPortPool(
        NetworkEndpoint address,
        ushort firstPort,
        ushort lastPort,
        int shardIndex,
        int shardCount,
        MediaPortOptions options,
        EventPoller poller,
        Func<int, bool, ulong> token)
    {
        NativePlatform.RequireLinux();
        options.Validate();
        if (!address.HasAddress)
        {
            throw new ArgumentException("There is no address to bind to.", nameof(address));
        }

        _address = address;
        _ports = PortsOf(firstPort, lastPort, shardIndex, shardCount);
        if (options.RandomOrder)
        {
            RandomNumberGenerator.Shuffle(_ports.AsSpan());
        }

        _bound = new MediaPort?[_ports.Length];
        _free = new Queue<MediaPort>(_ports.Length);
        _resting = new Queue<MediaPort>(_ports.Length);
        _options = options;
        _socketOptions = options.ToSocketOptions();
        _poller = poller;
        _token = token;
        Replenish(int.MaxValue);
        if (Bound == 0 && LastBindError is not (0 or NativeErrno.AddressInUse))
        {
            throw new SocketBindException("udp", LastBindFailure, LastBindError);
        }
    }

    /// <summary>The network of its address, as <see cref="MediaPortOptions.Network"/> numbers it.</summary>
    public int Network => _options.Network;

    /// <summary>Ports that belong to this shard, bound or not.</summary>
    public int Capacity => _ports.Length;

    /// <summary>Pairs ready for a call, as of the last allocation, release or replenishing.</summary>
    public int Free => _free.Count;

    /// <summary>Pairs that calls have.</summary>
    public int InUse => Bound - _free.Count - Resting;

    /// <summary>Pairs released less than <see cref="MediaPortOptions.RestPeriod"/> ago, and those of <see cref="StillHeard"/>, as of the last allocation, release or replenishing.</summary>
    public int Resting => _resting.Count + _stillHeard.Count;

    /// <summary>Pairs that rest on since their last call's peer still sends to them.</summary>
    public int StillHeard => _stillHeard.Count;

    /// <summary>Pairs that are open.</summary>
    public int Bound { get; private set; }

    /// <summary>Ports that could not be bound (most often since another process holds them), to be tried again.</summary>
    public int AwaitingRetry => _held.Count;

    /// <summary>Binds that failed so far.</summary>
    public long BindFailures { get; private set; }

    /// <summary>The errno of the last bind that failed; 0 when none did.</summary>
    public int LastBindError { get; private set; }

    /// <summary>The address of the last bind that failed.</summary>
    public NetworkEndpoint LastBindFailure { get; private set; }

    /// <summary>Stale packets that were read and forgotten before a call got their port.</summary>
    public long DrainedPackets { get; private set; }

    /// <summary>The pair with that <see cref="MediaPort.Index"/>, from a poller token.</summary>
    /// <exception cref="InvalidOperationException">It is not bound: no token of this pool says so.</exception>
    public MediaPort this[int index] => _bound[index] ?? throw new InvalidOperationException("That media port is not bound.");

    /// <summary>The pair with that <see cref="MediaPort.Index"/> is looked at in a moment (<see cref="CacheLines"/>).</summary>
    public void Expect(int index)
    {
        if (_bound[index] is { } port)
        {
            CacheLines.Fetch(port, MediaPort.HotBytes);
        }
    }

    /// <summary>Borrows a pair. Binds one only when the reserve is used up.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="port">The pair, drained; set its <see cref="MediaPort.Owner"/>.</param>
    public MediaPortResult TryAllocate(Timestamp now, out MediaPort? port)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EndRests(now);
        if (_free.Count == 0)
        {
            BindUpTo(1, _options.MaxBindsPerAllocation);
        }

        // Better a port with an old peer's packets, which the source check keeps out, than no call.
        if (!_free.TryDequeue(out port) && !_stillHeard.TryDequeue(out port))
        {
            return _resting.Count > 0 ? MediaPortResult.AllResting
                : Bound < _ports.Length ? MediaPortResult.BindFailed
                : MediaPortResult.Exhausted;
        }

        // The shard reads free ports too, but its turn at this one's last packets may not have come yet.
        DrainedPackets += MediaSocket.Drain(port.RtpDescriptor, _options.MaxDrainedPackets);
        DrainedPackets += MediaSocket.Drain(port.RtcpDescriptor, _options.MaxDrainedPackets);
        port.IsInUse = true;
        port.FormerPeer = default;
        port.HeardLate = Timestamp.Zero;
        return MediaPortResult.Ok;
    }

    /// <summary>Gives a pair back; it rests first.</summary>
    /// <exception cref="InvalidOperationException">It is not in use, or not of this pool: a defect of the caller.</exception>
    public void Release(MediaPort port, Timestamp now)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!port.IsInUse || !ReferenceEquals(_bound[port.Index], port))
        {
            throw new InvalidOperationException($"Media port {port.Port} was released twice, or to a pool that is not its own.");
        }

        port.IsInUse = false;
        port.Owner = null;
        port.TrySetTrafficClass(null);
        port.ReleasedAt = now;
        port.RestsUntil = now + _options.RestPeriod;
        _resting.Enqueue(port);
        EndRests(now);
    }

    /// <summary>Binds pairs until <see cref="MediaPortOptions.ReserveAhead"/> are free; for the shard's idle moments.</summary>
    /// <param name="maxBinds">Binds to try at most; each takes some 10 µs.</param>
    public void Replenish(int maxBinds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BindUpTo(_options.ReserveAhead, maxBinds);
    }

    /// <summary>As <see cref="Replenish(int)"/>, counting the ports whose rest is over by now as free.</summary>
    public void Replenish(Timestamp now, int maxBinds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EndRests(now);
        BindUpTo(_options.ReserveAhead, maxBinds);
    }

    /// <summary>Closes every socket, in use or not.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (MediaPort? port in _bound)
        {
            if (port is not null)
            {
                port.Owner = null;
                Close(port.RtpDescriptor, port.RtcpDescriptor);
            }
        }
    }

    private static ushort[] PortsOf(ushort firstPort, ushort lastPort, int shardIndex, int shardCount)
    {
        ArgumentOutOfRangeException.ThrowIfZero(firstPort);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shardIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shardIndex, shardCount);
        var ports = new List<ushort>();
        int firstEven = (firstPort + 1) & ~1;
        for (int port = firstEven + (2 * shardIndex); port < lastPort; port += 2 * shardCount)
        {
            ports.Add((ushort)port);
        }

        return ports.Count > 0
            ? [.. ports]
            : throw new ArgumentException($"The media port range {firstPort}-{lastPort} has no even port for shard {shardIndex} of {shardCount}.", nameof(lastPort));
    }

    private static void Close(int rtpDescriptor, int rtcpDescriptor)
    {
        // Closing takes them out of the poller.
        _ = NativeLibc.Close(rtpDescriptor);
        if (rtcpDescriptor >= 0)
        {
            _ = NativeLibc.Close(rtcpDescriptor);
        }
    }

    private void EndRests(Timestamp now)
    {
        _now = now;
        EndRests(_stillHeard, now);
        EndRests(_resting, now);
    }

    private void EndRests(Queue<MediaPort> queue, Timestamp now)
    {
        while (queue.TryPeek(out MediaPort? port) && port.RestsUntil <= now)
        {
            queue.Dequeue();
            bool isHeard = port.HeardLate > port.ReleasedAt && port.HeardLate + _options.RestPeriod > now;
            if (isHeard && port.ReleasedAt + _options.MaxRestPeriod > now)
            {
                port.RestsUntil = now + _options.RestPeriod;
                _stillHeard.Enqueue(port);
            }
            else
            {
                _free.Enqueue(port);
            }
        }
    }

    private void BindUpTo(int wantedFree, int maxBinds)
    {
        for (int i = 0; i < maxBinds && _free.Count < wantedFree && _bindPausedUntil <= _now; i++)
        {
            if (_nextUntried < _ports.Length)
            {
                TryBind(_nextUntried++);
            }
            else if (_held.TryPeek(out HeldPort held) && held.RetryAt <= _now)
            {
                _held.Dequeue();
                TryBind(held.Index);
            }
            else
            {
                break;
            }
        }
    }

    private void TryBind(int index)
    {
        NetworkEndpoint rtp = _address.WithPort(_ports[index]);
        NetworkEndpoint rtcp = _address.WithPort((ushort)(_ports[index] + 1));
        int rtpDescriptor = NativeDatagramSocket.TryOpen(rtp, _socketOptions, out int errorNumber);
        if (rtpDescriptor < 0)
        {
            PutOff(index, rtp, errorNumber);
            return;
        }

        int rtcpDescriptor = NativeDatagramSocket.TryOpen(rtcp, _socketOptions, out errorNumber);
        if (rtcpDescriptor < 0)
        {
            Close(rtpDescriptor, -1);
            PutOff(index, rtcp, errorNumber);
            return;
        }

        try
        {
            _poller.Add(rtpDescriptor, _token(index, false));
            _poller.Add(rtcpDescriptor, _token(index, true));
        }
        catch
        {
            Close(rtpDescriptor, rtcpDescriptor);
            throw;
        }

        var port = new MediaPort(index, rtp, rtpDescriptor, rtcpDescriptor) { DefaultTrafficClass = (byte)(_socketOptions.Dscp << 2), Network = _options.Network };
        _bound[index] = port;
        Bound++;
        _free.Enqueue(port);
    }

    private void PutOff(int index, NetworkEndpoint endpoint, int errorNumber)
    {
        BindFailures++;
        LastBindError = errorNumber;
        LastBindFailure = endpoint;
        bool isHeld = errorNumber == NativeErrno.AddressInUse;
        _held.Enqueue(new HeldPort(index, _now + (isHeld ? _options.HeldRetryPeriod : _options.BindPause)));
        if (!isHeld)
        {
            // No other port would fare better, so trying them all would only cost time.
            _bindPausedUntil = _now + _options.BindPause;
        }
    }

    private readonly record struct HeldPort(int Index, Timestamp RetryAt);
}
