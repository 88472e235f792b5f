using System.Collections.Concurrent;
using System.Net;
using System.Text;
using MediaCore.Audio.G711;
using MediaCore.Audio.Tones;
using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.Server.Demo;

/// <summary>
/// A telephone for the demo: registers, calls, answers, sends a tone as PCMU and listens for another. One call at a time, UDP only, on real
/// sockets of its own: to the server it is a peer like any other. Everything runs on one thread; other threads post to it.
/// </summary>
internal sealed partial class SoftPhone : IDisposable
{
    private const int FrameSamples = 160;
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);

    private readonly NetworkEndpoint _server;
    private readonly string _password;
    private readonly Ladder _ladder;
    private readonly double _listenForHz;
    private readonly UdpSocket _sip;
    private readonly UdpSocket _rtp;
    private readonly EventPoller _poller = new();
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private readonly byte[] _datagram = new byte[65_536];
    private readonly SipMessage _message = new();
    private readonly Dictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private ToneGenerator _tone;
    private SoftPhoneCall? _call;
    private Timestamp _answerAt = Timestamp.Never;
    private volatile bool _isStopping;

    /// <summary>A phone that is on at once.</summary>
    public SoftPhone(string name, string password, NetworkEndpoint server, double sendHz, double listenForHz, Ladder ladder)
    {
        Name = name;
        _password = password;
        _server = server;
        _listenForHz = listenForHz;
        _ladder = ladder;
        _tone = new ToneGenerator(new Tone(new ToneSegment(1000, sendHz)));
        NetworkEndpoint local = NetworkEndpoint.From(IPAddress.Loopback, 0);
        _sip = UdpSocket.Bind(local, new UdpSocketOptions());
        _rtp = UdpSocket.Bind(local, new UdpSocketOptions());
        _poller.Add(_sip.Descriptor, ReadyEvent.MakeToken(1, 0));
        _poller.Add(_rtp.Descriptor, ReadyEvent.MakeToken(2, 0));
        _thread = new Thread(Run) { IsBackground = true, Name = $"demo phone {name}" };
        _thread.Start();
    }

    /// <summary>Its account and name in the ladder.</summary>
    public string Name { get; }

    /// <summary>What went wrong on the phone's thread, which then has ended; null while all is well.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Told of every call that comes in, on the phone's thread.</summary>
    public Action<SoftPhoneCall>? Ringing { get; set; }

    /// <summary>Registers, or unregisters with a lifetime of zero; the final status.</summary>
    public Task<int> RegisterAsync(int expiresSeconds)
    {
        TaskCompletionSource<int> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => SendRegister(expiresSeconds, result));
        return result.Task;
    }

    /// <summary>Places a call.</summary>
    public Task<SoftPhoneCall> CallAsync(string user)
    {
        TaskCompletionSource<SoftPhoneCall> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => result.SetResult(SendInvite(user)));
        return result.Task;
    }

    /// <summary>Ends the call with BYE.</summary>
    public void HangUp() => Post(SendBye);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isStopping = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
        _sip.Dispose();
        _rtp.Dispose();
    }

    private void Post(Action action)
    {
        _posted.Enqueue(action);
        _poller.Wake();
    }

    private void Run()
    {
#pragma warning disable CA1031 // A phone that fails must be reported by the demo, not end the process in the middle of it.
        try
        {
            Span<ReadyEvent> events = stackalloc ReadyEvent[8];
            while (!_isStopping)
            {
                while (_posted.TryDequeue(out Action? action))
                {
                    action();
                }

                Timestamp now = MonotonicClock.Now;
                Timestamp next = HandleDeadlines(now);
                TimeSpan wait = next.IsNever ? TimeSpan.FromSeconds(1) : next - now;
                _poller.Wait(events, wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
                Receive();
            }
        }
        catch (Exception e)
        {
            Fault = e;
            _call?.SetEnded("fault");
        }
#pragma warning restore CA1031
    }

    private void Receive()
    {
        while (_sip.TryReceive(_datagram, out int length, out _))
        {
            if (_message.Parse(_datagram, 0, length) == ParseStatus.Complete)
            {
                if (_message.IsRequest)
                {
                    HandleRequest();
                }
                else
                {
                    HandleResponse();
                }
            }
        }

        while (_rtp.TryReceive(_datagram, out int length, out NetworkEndpoint source))
        {
            if (_call is { } call && source == call.RemoteRtp)
            {
                call.Hear(_datagram.AsSpan(0, length), MonotonicClock.Now);
            }
        }
    }

    private Timestamp HandleDeadlines(Timestamp now)
    {
        Timestamp next = Timestamp.Never;
        foreach (PendingRequest request in _pending.Values)
        {
            if (request.ResendAt <= now)
            {
                // RFC 3261 §17.1.2.2 timer E; on loopback it hardly ever fires.
                request.Interval += request.Interval;
                request.ResendAt = now + request.Interval;
                _sip.TrySend(request.Bytes, _server);
            }

            next = Timestamp.Min(next, request.ResendAt);
        }

        if (_answerAt <= now)
        {
            _answerAt = Timestamp.Never;
            Answer();
        }

        next = Timestamp.Min(next, _answerAt);
        if (_call is { } call)
        {
            while (call.NextPacket <= now)
            {
                SendFrame(call);
            }

            next = Timestamp.Min(next, call.NextPacket);
        }

        return next;
    }

    private void SendFrame(SoftPhoneCall call)
    {
        Span<short> samples = stackalloc short[FrameSamples];
        Span<byte> packet = stackalloc byte[RtpHeader.MinBytes + FrameSamples];
        _tone.Generate(samples);
        RtpHeader.Write(packet, StaticPayloadTypes.Pcmu, call.SentPackets == 0, call.RtpSequence, call.RtpTimestamp, call.Ssrc);
        Pcmu.Encode(samples, packet[RtpHeader.MinBytes..]);
        _rtp.TrySend(packet, call.RemoteRtp);
        call.RtpSequence++;
        call.RtpTimestamp += FrameSamples;
        call.SentPackets++;
        call.NextPacket += FrameTime;
    }

    private string WriteDescription() =>
        $"v=0\r\no={Name} 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {_rtp.LocalEndpoint.Port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n";

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A request that waits for its final response.</summary>
    private sealed class PendingRequest(byte[] bytes, Action<SipMessage> respond)
    {
        public byte[] Bytes { get; } = bytes;

        public Action<SipMessage> Respond { get; } = respond;

        public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

        public Timestamp ResendAt { get; set; } = MonotonicClock.Now + TimeSpan.FromMilliseconds(500);
    }
}
