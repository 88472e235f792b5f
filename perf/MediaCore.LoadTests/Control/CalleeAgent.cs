using System.Collections.Concurrent;
using System.Text;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Media;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Control;

/// <summary>All the callees, on one socket and one thread: answers each INVITE and BYE at once and measures how long after its command it came. What it is sent as media is not read.</summary>
internal sealed class CalleeAgent : IDisposable
{
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, DrivenCall> _calls;
    private readonly UdpSocket _socket;
    private readonly UdpSocket _media;
    private readonly EventPoller _poller = new();
    private readonly SipMessage _message = new();
    private readonly byte[] _datagram = new byte[65_536];
    private readonly byte[] _out = new byte[8192];
    private readonly byte[] _description = new byte[2048];
    private readonly HashSet<string> _invited = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parted = new(StringComparer.Ordinal);
    private readonly Thread _thread;
    private volatile bool _isStopped;
    private long _repeated;

    /// <param name="address">Where it is.</param>
    /// <param name="calls">The calls, by user.</param>
    public CalleeAgent(NetworkEndpoint address, ConcurrentDictionary<string, DrivenCall> calls)
    {
        _calls = calls;
        _socket = UdpSocket.Bind(address, new UdpSocketOptions());
        _media = UdpSocket.Bind(address, new UdpSocketOptions());
        _poller.Add(_socket.Descriptor, ReadyEvent.MakeToken(1, 0));
        _thread = new Thread(Run) { IsBackground = true, Name = "callees" };
        _thread.Start();
    }

    public NetworkEndpoint Endpoint => _socket.LocalEndpoint;

    /// <summary>From <c>originate</c> to INVITE.</summary>
    public LatencyHistogram Invites { get; } = new();

    /// <summary>From <c>hangup</c> to BYE.</summary>
    public LatencyHistogram Byes { get; } = new();

    /// <summary>Requests that came again.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>What went wrong on its thread.</summary>
    public Exception? Fault { get; private set; }

    public void Dispose()
    {
        _isStopped = true;
        _poller.Wake();
        _thread.Join();
        _socket.Dispose();
        _media.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
#pragma warning disable CA1031 // Reported by the run.
        try
        {
            ReadyEvent[] events = new ReadyEvent[8];
            while (!_isStopped)
            {
                _poller.Wait(events, s_turn);
                while (_socket.TryReceive(_datagram, out int length, out NetworkEndpoint source))
                {
                    Timestamp now = MonotonicClock.Now;
                    if (_message.Parse(_datagram, 0, length) == ParseStatus.Complete && _message.IsRequest)
                    {
                        Handle(source, now);
                    }
                }
            }
        }
        catch (Exception exception)
        {
            Fault = exception;
        }
#pragma warning restore CA1031
    }

    private void Handle(NetworkEndpoint source, Timestamp now)
    {
        if (_message.Method == SipMethod.Ack)
        {
            return;
        }

        string uri = Encoding.UTF8.GetString(_message.RequestUri);
        int at = uri.IndexOf('@', StringComparison.Ordinal);
        string user = at > "sip:".Length ? uri["sip:".Length..at] : "";
        if (!_calls.TryGetValue(user, out DrivenCall? call))
        {
            _socket.TrySend(SipText.Response(_out, _message, 404, "nobody"u8, default, default), source);
            return;
        }

        if (_message.Method == SipMethod.Invite)
        {
            Note(_invited.Add(user), Invites, now - call.OriginatedAt);
            ReadOnlySpan<byte> description = SipText.Describe(_description, _media.LocalEndpoint, 1, 0, hasEvents: true, "", "sendrecv");
            Answer(user, source, Encoding.ASCII.GetBytes($"<sip:{user}@{Endpoint}>"), description);
            return;
        }

        if (_message.Method == SipMethod.Bye)
        {
            Note(_parted.Add(user), Byes, now - call.HungUpAt);
        }

        Answer(user, source, default, default);
    }

    private void Answer(string user, NetworkEndpoint source, ReadOnlySpan<byte> contact, ReadOnlySpan<byte> description) =>
        _socket.TrySend(SipText.Response(_out, _message, 200, Encoding.ASCII.GetBytes($"s{user}"), contact, description), source);

    private void Note(bool isFirst, LatencyHistogram histogram, TimeSpan latency)
    {
        if (isFirst)
        {
            histogram.Add(latency.Ticks * 100);
        }
        else
        {
            Interlocked.Increment(ref _repeated);
        }
    }
}
