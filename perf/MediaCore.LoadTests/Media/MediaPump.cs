using System.Buffers.Binary;
using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Transport.Polling;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// Sends and hears for all streams: one thread paces, one listens. Streams are added and removed by one thread. A stream has a fixed place within the 20 ms, so that the load is even; a pump that is late sends what is due at once and says how late it was.
/// Packets are fetched every few milliseconds, in batches: when they came the kernel has written down.
/// </summary>
internal sealed class MediaPump : IDisposable
{
    private const int Slots = 20;

    /// <summary>Sockets per side: their buffers hold a second of 500 calls together where the system grants no more than its default.</summary>
    private const int EndpointsPerSide = 8;

    /// <summary>What is lost on purpose is drawn with it.</summary>
    private const int LossSeed = 1;

    private static readonly TimeSpan s_slot = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_fetch = TimeSpan.FromMilliseconds(5);

    private readonly MediaEndpoint[] _endpoints;
    private readonly RtpStream?[] _byPort = new RtpStream?[ushort.MaxValue + 1];
    private readonly RtpStream?[] _places;
    private readonly Thread _sender;
    private readonly Thread _receiver;
    private readonly bool _isDirect;
    private bool _isRunning;
    private volatile bool _isStopped;
    private double _lossShare;
    private long _maxLateNanoseconds;
    private long _strays;
    private long _passes;

    /// <param name="callers">Address of the callers; its port is 0.</param>
    /// <param name="callees">Address of the callees; its port is 0.</param>
    /// <param name="places">Streams at once: callers at even places, callees at odd ones.</param>
    /// <param name="isDirect">Callers send straight to callees: there is no server that gives each party a port, so streams are told by their SSRC, which is their place and 1 (<see cref="SsrcOf"/>).</param>
    public MediaPump(NetworkEndpoint callers, NetworkEndpoint callees, int places, bool isDirect = false)
    {
        _isDirect = isDirect;
        _endpoints = [.. Enumerable.Range(0, 2 * EndpointsPerSide).Select(i => new MediaEndpoint(i % 2 == 0 ? callers : callees))];
        _places = new RtpStream?[places];
        _sender = new Thread(Send) { IsBackground = true, Name = "rtp-sender" };
        _receiver = new Thread(Receive) { IsBackground = true, Name = "rtp-receiver" };
    }

    /// <summary>Delays of the relayed packets, from before the system call that sent them to the kernel's having them on the other side.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Packets from a port that no call has, or has any more.</summary>
    public long Strays => Volatile.Read(ref _strays);

    /// <summary>The share of what is due that is lost on its way, for a while: numbered, and not sent.</summary>
    public double LossShare
    {
        get => Volatile.Read(ref _lossShare);
        set => Volatile.Write(ref _lossShare, value);
    }

    /// <summary>How often everything that waited was fetched.</summary>
    public long Passes => Volatile.Read(ref _passes);

    /// <summary>What went wrong on a thread of it.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>How late the sender was at most since the last call.</summary>
    public TimeSpan TakeLateness() => TimeSpan.FromTicks(Interlocked.Exchange(ref _maxLateNanoseconds, 0) / 100);

    /// <summary>The socket of a place.</summary>
    public MediaEndpoint EndpointOf(int place) => _endpoints[place % _endpoints.Length];

    /// <summary>The SSRC of a place where calls are direct, else 0.</summary>
    public uint SsrcOf(int place) => _isDirect ? (uint)place + 1 : 0;

    /// <summary>Takes a stream in, to be sent when it wants to. The threads begin with the first: they wake up a thousand times a second, which a load without media need not pay for.</summary>
    public void Add(int place, RtpStream stream)
    {
        Volatile.Write(ref _places[place], stream);
        if (!_isRunning)
        {
            _isRunning = true;
            _sender.Start();
            _receiver.Start();
        }
    }

    /// <summary>What comes from the stream's <see cref="RtpStream.Remote"/> is for it from now on: the server gives each party a port of its own.</summary>
    public void Listen(RtpStream stream) => Volatile.Write(ref _byPort[stream.Remote.Port], stream);

    /// <summary>Lets a stream go, which the threads may still be at for some milliseconds: dispose it later.</summary>
    public void Remove(int place)
    {
        RtpStream? stream = _places[place];
        Volatile.Write(ref _places[place], null);
        if (stream is not null)
        {
            Forget(stream);
        }
    }

    /// <summary>What comes from the stream's <see cref="RtpStream.Remote"/> is not for it any more.</summary>
    public void Forget(RtpStream stream) => Interlocked.CompareExchange(ref _byPort[stream.Remote.Port], null, stream);

    public void Dispose()
    {
        _isStopped = true;
        if (_isRunning)
        {
            _sender.Join();
            _receiver.Join();
        }

        foreach (MediaEndpoint endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }

    private void Send() => Guard(() =>
    {
        // A wait of its own kind: Thread.Sleep knows whole milliseconds only.
        using EventPoller clock = new();
        Random loss = new(LossSeed);
        ReadyEvent[] none = new ReadyEvent[1];
        Timestamp due = MonotonicClock.Now;
        for (int slot = 0; !_isStopped; slot = (slot + 1) % Slots)
        {
            due += s_slot;
            TimeSpan early = due - MonotonicClock.Now;
            if (early > TimeSpan.Zero)
            {
                clock.Wait(none, early);
            }

            long late = (MonotonicClock.Now - due).Ticks * 100;
            if (late > Volatile.Read(ref _maxLateNanoseconds))
            {
                Interlocked.Exchange(ref _maxLateNanoseconds, late);
            }

            double share = LossShare;
            for (int place = slot; place < _places.Length; place += Slots)
            {
                if (Volatile.Read(ref _places[place]) is { IsSending: true } stream)
                {
                    stream.SendNext(isLost: share > 0 && loss.NextDouble() < share);
                }
            }
        }
    });

    private void Receive() => Guard(() =>
    {
        while (!_isStopped)
        {
            foreach (MediaEndpoint endpoint in _endpoints)
            {
                StampedBatch batch;
                do
                {
                    batch = endpoint.Fetch();
                    for (int i = 0; i < batch.Count; i++)
                    {
                        Take(batch, i);
                    }
                }
                while (batch.IsFull);
            }

            Volatile.Write(ref _passes, _passes + 1);
            Thread.Sleep(s_fetch);
        }
    });

    private void Take(StampedBatch batch, int index)
    {
        Span<byte> packet = batch.Datagram(index);
        if (RtpHeader.LooksLikeRtcp(packet))
        {
            return;
        }

        if (StreamOf(batch, index, packet) is { } stream)
        {
            stream.Hear(packet, batch.ArrivedAt(index), Latency);
        }
        else
        {
            Volatile.Write(ref _strays, _strays + 1);
        }
    }

    private RtpStream? StreamOf(StampedBatch batch, int index, ReadOnlySpan<byte> packet)
    {
        if (!_isDirect)
        {
            return Volatile.Read(ref _byPort[batch.SourcePort(index)]);
        }

        // The two sides of a call have neighbouring places.
        uint place = packet.Length >= RtpHeader.MinBytes ? (BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) - 1) ^ 1 : uint.MaxValue;
        return place < (uint)_places.Length ? Volatile.Read(ref _places[place]) : null;
    }

    private void Guard(Action action)
    {
#pragma warning disable CA1031 // A defect of the generator has to be reported by the run, not end the process in the middle of it.
        try
        {
            action();
        }
        catch (Exception exception)
        {
            Fault = exception;
        }
#pragma warning restore CA1031
    }
}
