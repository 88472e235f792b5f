using System.Collections.Concurrent;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.LoadTests.Media;

/// <summary>
/// Sends and hears for all streams: one thread paces, one listens. A stream has a fixed place within the 20 ms, so that the load is even; a pump that is late sends what is due at once and says how late it was.
/// </summary>
internal sealed class MediaPump : IDisposable
{
    private const int Slots = 20;
    private static readonly TimeSpan s_slot = TimeSpan.FromMilliseconds(1);

    private readonly EventPoller _poller = new();
    private readonly ConcurrentDictionary<uint, RtpStream> _streams = new();
    private readonly RtpStream?[] _places;
    private readonly Thread _sender;
    private readonly Thread _receiver;
    private readonly ManualResetEventSlim _stop = new();
    private long _maxLateNanoseconds;

    /// <param name="places">Streams at once.</param>
    public MediaPump(int places)
    {
        _places = new RtpStream?[places];
        _sender = new Thread(Send) { IsBackground = true, Name = "rtp-sender" };
        _receiver = new Thread(Receive) { IsBackground = true, Name = "rtp-receiver" };
        _sender.Start();
        _receiver.Start();
    }

    /// <summary>Delays of the stamped packets.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>What went wrong on a thread of it.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>How late the sender was at most since the last call.</summary>
    public TimeSpan TakeLateness() => TimeSpan.FromTicks(Interlocked.Exchange(ref _maxLateNanoseconds, 0) / 100);

    /// <summary>Takes a stream in.</summary>
    public void Add(int place, RtpStream stream)
    {
        _streams[(uint)place] = stream;
        _poller.Add(stream.Descriptor, ReadyEvent.MakeToken(1, (uint)place));
        Volatile.Write(ref _places[place], stream);
    }

    /// <summary>Lets a stream go, which the threads may still be at for some milliseconds: dispose it later.</summary>
    public void Remove(int place)
    {
        Volatile.Write(ref _places[place], null);
        if (_streams.TryRemove((uint)place, out RtpStream? stream))
        {
            _poller.Remove(stream.Descriptor);
        }
    }

    public void Dispose()
    {
        _stop.Set();
        _poller.Wake();
        _sender.Join();
        _receiver.Join();
        _poller.Dispose();
        _stop.Dispose();
    }

    private void Send() => Guard(() =>
    {
        byte[] buffer = new byte[RtpStream.MaxPacketBytes];
        Timestamp due = MonotonicClock.Now;
        for (int slot = 0; !_stop.IsSet; slot = (slot + 1) % Slots)
        {
            due += s_slot;
            TimeSpan early = due - MonotonicClock.Now;
            if (early > TimeSpan.Zero)
            {
                Thread.Sleep(early);
            }
            else
            {
                long late = (long)(-early.TotalNanoseconds);
                if (late > Volatile.Read(ref _maxLateNanoseconds))
                {
                    Interlocked.Exchange(ref _maxLateNanoseconds, late);
                }
            }

            for (int place = slot; place < _places.Length; place += Slots)
            {
                if (Volatile.Read(ref _places[place]) is { IsSending: true } stream)
                {
                    stream.SendNext(buffer);
                }
            }
        }
    });

    private void Receive() => Guard(() =>
    {
        byte[] buffer = new byte[RtpStream.MaxPacketBytes];
        ReadyEvent[] events = new ReadyEvent[EventPoller.MaxEventsPerWait];
        while (!_stop.IsSet)
        {
            int ready = _poller.Wait(events, TimeSpan.FromSeconds(1));
            for (int i = 0; i < ready; i++)
            {
                if (_streams.TryGetValue(events[i].Index, out RtpStream? stream))
                {
                    stream.Hear(buffer, Latency);
                }
            }
        }
    });

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
