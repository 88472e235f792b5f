using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Audio.Codecs;
using MediaCore.LoadTests.Media;
using MediaCore.Primitives;
using MediaCore.Rtp.Srtp;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;
using MediaCore.Transport.Polling;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Calls;

/// <summary>
/// Keeps a number of calls up through the server: both ends of each, with their media. A call lasts its time, is ended with BYE and replaced. One thread signals; a request is sent again until it
/// is answered, as RFC 3261 has it for UDP.
/// </summary>
internal sealed partial class CallGenerator : IDisposable
{
    public const double CallerHz = 440;
    public const double CalleeHz = 660;

    /// <summary>First digit after +1 of the numbers whose callee speaks PCMU as the caller does.</summary>
    public const char RelayedDigit = '8';

    /// <summary>First digit after +1 of the numbers whose callee speaks Opus alone.</summary>
    public const char TranscodedDigit = '9';

    private const int KeyBytes = 16;
    private const int SaltBytes = 14;
    private const int MaxRetransmissions = 7;

    /// <summary>How long a call may go on after its end is due before its packets are used up.</summary>
    private const int SpareSeconds = 30;

    /// <summary>Fetches of all that waits after which a packet that had come before them is counted.</summary>
    private const int PassesToBeSure = 2;

    private static readonly TimeSpan s_t1 = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a call is silent before it is hung up, so that all that was sent can come.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(500);

    /// <summary>What a call that was answered talks at least, even when the run ends: one that is hung up before its first packet is no call in which nothing is heard.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);

    private readonly GeneratorOptions _options;
    private readonly MediaPump _pump;
    private readonly UdpSocket _callers;
    private readonly UdpSocket _callees;
    private readonly EventPoller _poller = new();
    private readonly LoadCall?[] _places;
    private readonly Dictionary<string, LoadCall> _byNumber = new(StringComparer.Ordinal);
    private readonly Queue<(Timestamp At, LoadCall Call)> _gone = new();
    private readonly byte[] _datagram = new byte[65_536];
    private readonly SipMessage _message = new();
    private readonly SdpDescription _sdp = new();
    private readonly PacketSeries _callerPackets;
    private readonly PacketSeries _relayedPackets;
    private readonly PacketSeries? _opusPackets;
    private readonly byte[] _callerKey;
    private readonly Thread _thread;
    private readonly string _run = Convert.ToHexString(RandomNumberGenerator.GetBytes(4));
    private readonly ConcurrentQueue<(Action Look, TaskCompletionSource Done)> _looks = new();
    private Timestamp _nextStart;
    private long _serial;
    private volatile bool _isEnding;
    private volatile bool _isStopped;

    public CallGenerator(GeneratorOptions options)
    {
        _options = options;
        _places = new LoadCall?[options.Calls];
        _callerKey = options.IsSecure ? RandomNumberGenerator.GetBytes(KeyBytes + SaltBytes) : [];
        using SrtpSender? protection = options.IsSecure ? new SrtpSender(SrtpProfile.AesCm128HmacSha1Tag80, _callerKey.AsSpan(0, KeyBytes), _callerKey.AsSpan(KeyBytes)) : null;
        int packets = (int)((1.5 * options.Duration.TotalSeconds) + SpareSeconds) * Sound.FramesPerSecond;
        Sound callerTone = new(CodecDescriptor.Pcmu, CallerHz);
        _callerPackets = new PacketSeries(callerTone, 160, packets, protection);
        _relayedPackets = new PacketSeries(callerTone, 160, packets, null);
        _opusPackets = options.TranscodedCalls > 0 ? new PacketSeries(new Sound(CodecDescriptor.Opus, CalleeHz), 960, packets, null) : null;
        _callers = UdpSocket.Bind(options.CallerAddress, new UdpSocketOptions());
        _callees = UdpSocket.Bind(options.CalleeAddress, new UdpSocketOptions());
        _poller.Add(_callers.Descriptor, ReadyEvent.MakeToken(1, 0));
        _poller.Add(_callees.Descriptor, ReadyEvent.MakeToken(2, 0));
        _pump = new MediaPump(options.CallerAddress, options.CalleeAddress, 2 * options.Calls);
        _thread = new Thread(Run) { IsBackground = true, Name = "signalling" };
    }

    /// <summary>Where the server finds the callees.</summary>
    public NetworkEndpoint CalleeEndpoint => _callees.LocalEndpoint;

    /// <summary>Where it is called from.</summary>
    public NetworkEndpoint CallerEndpoint => _callers.LocalEndpoint;

    /// <summary>Where calls go; set it before <see cref="Start"/>.</summary>
    public NetworkEndpoint Server { get; set; }

    public MediaPump Pump => _pump;

    /// <summary>What ended calls came to; read it only between two turns, in <see cref="LookAsync"/>.</summary>
    public CallTotals Totals { get; } = new();

    /// <summary>Calls that are up, or on their way.</summary>
    public int Up { get; private set; }

    /// <summary>Those of them that talk.</summary>
    public int Talking { get; private set; }

    /// <summary>What went wrong on its thread.</summary>
    public Exception? Fault { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Starts no more calls and ends those that are up; completes with the last.</summary>
    public Task EndAsync()
    {
        _isEnding = true;
        return UntilAsync(() => Up == 0, Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    /// <summary>Waits until something holds between two turns, or the time is over.</summary>
    public async Task UntilAsync(Func<bool> condition, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource over = new(patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        for (bool holds = false; !holds && Fault is null && !over.IsCancellationRequested; await timer.WaitForNextTickAsync(cancellation))
        {
            await LookAsync(() => holds = condition());
        }
    }

    /// <summary>Runs something on the signalling thread, between two turns.</summary>
    public Task LookAsync(Action look)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _looks.Enqueue((look, done));
        _poller.Wake();
        return done.Task;
    }

    public void Dispose()
    {
        _isStopped = true;
        _poller.Wake();
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _thread.Join();
        }

        _pump.Dispose();
        foreach (LoadCall? call in _places)
        {
            call?.Caller.Dispose();
            call?.Callee.Dispose();
        }

        _callers.Dispose();
        _callees.Dispose();
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
                Receive(_callers, HandleAtCaller);
                Receive(_callees, HandleAtCallee);
                Step(MonotonicClock.Now);
                Look();
            }
        }
        catch (Exception exception)
        {
            Fault = exception;
        }
#pragma warning restore CA1031
        Look();
    }

    private void Look()
    {
        while (_looks.TryDequeue(out (Action Look, TaskCompletionSource Done) look))
        {
            look.Look();
            look.Done.SetResult();
        }
    }

    private void Receive(UdpSocket socket, Action<NetworkEndpoint> handle)
    {
        while (socket.TryReceive(_datagram, out int length, out NetworkEndpoint source))
        {
            if (_message.Parse(_datagram, 0, length) == ParseStatus.Complete)
            {
                handle(source);
            }
        }
    }

    private void Step(Timestamp now)
    {
        int up = 0;
        int talking = 0;
        for (int place = 0; place < _places.Length; place++)
        {
            LoadCall? call = _places[place];
            if (call is null && !_isEnding && now >= _nextStart)
            {
                _nextStart = Timestamp.Min(now, _nextStart == default ? now : _nextStart) + TimeSpan.FromSeconds(1 / _options.CallsPerSecond);
                call = _places[place] = Place(place, now);
            }

            if (call is not null)
            {
                Step(call, now);
                up += call.IsOver ? 0 : 1;
                talking += call.Stage == CallStage.Talking ? 1 : 0;
                if (call.IsOver)
                {
                    _places[place] = null;
                }
            }
        }

        Up = up;
        Talking = talking;
        while (_gone.TryPeek(out (Timestamp At, LoadCall Call) gone) && gone.At <= now)
        {
            _gone.Dequeue();
            gone.Call.Caller.Dispose();
            gone.Call.Callee.Dispose();
        }
    }

    private void Step(LoadCall call, Timestamp now)
    {
        switch (call.Stage)
        {
            case CallStage.Talking when now >= call.EndAt || (_isEnding && now >= call.TalkingSince + s_shortest):
                call.Caller.IsSending = call.Callee.IsSending = false;
                call.Stage = CallStage.Quiet;
                call.Deadline = now + s_quiet;
                call.LastPass = _pump.Passes + PassesToBeSure;
                break;
            case CallStage.Quiet when now >= call.Deadline && _pump.Passes >= call.LastPass:
                call.Stage = CallStage.Ending;
                SendRequest(call, "BYE", 2, now);
                break;
            case CallStage.Inviting or CallStage.Ending when now >= call.Deadline:
                if (++call.Retransmissions > MaxRetransmissions)
                {
                    Fail(call, call.Stage == CallStage.Inviting ? "INVITE was not answered" : "BYE was not answered");
                    break;
                }

                Totals.Retransmissions++;
                _callers.TrySend(call.Request, Server);
                call.Deadline = now + (s_t1 * (1 << Math.Min(call.Retransmissions, 3)));
                break;
            default:
                break;
        }
    }

    private LoadCall Place(int place, Timestamp now)
    {
        // Spread over the places, so that transcoded calls lie among the others.
        bool isTranscoded = (long)(place + 1) * _options.TranscodedCalls / _options.Calls > (long)place * _options.TranscodedCalls / _options.Calls;
        string number = string.Create(CultureInfo.InvariantCulture, $"+1{(isTranscoded ? TranscodedDigit : RelayedDigit)}{++_serial:D8}");
        RtpStream caller = new(
            _pump.EndpointOf(2 * place), isTranscoded ? SoundKind.TonePcmu : SoundKind.RelayedPcmu, _callerPackets, isTranscoded ? new Listener(CodecDescriptor.Pcmu, CalleeHz) : null);
        RtpStream callee = new(
            _pump.EndpointOf((2 * place) + 1), isTranscoded ? SoundKind.ToneOpus : SoundKind.RelayedPcmu, isTranscoded ? _opusPackets! : _relayedPackets,
            isTranscoded ? new Listener(CodecDescriptor.Opus, CallerHz) : null);
        (caller.Mate, callee.Mate) = (callee, caller);
        LoadCall call = new(place, number, isTranscoded, caller, callee);
        _byNumber[number] = call;
        _pump.Add(2 * place, caller);
        _pump.Add((2 * place) + 1, callee);
        Totals.Started++;
        SendRequest(call, "INVITE", 1, now);
        return call;
    }

    private void SendRequest(LoadCall call, string method, uint cseq, Timestamp now)
    {
        string local = _callers.LocalEndpoint.ToString();
        string uri = method == "INVITE" ? $"sip:{call.Number}@{Server}" : call.RemoteTarget;
        call.Request = SipText.Request(
            method, uri, local, $"z9hG4bK{_run}{call.Number[1..]}{method}", $"<sip:+15550100@{local}>;tag=c{call.Number[1..]}", call.RemoteTo.Length == 0 ? $"<{uri}>" : call.RemoteTo,
            CallId(call), cseq, method == "INVITE" ? $"sip:load@{local}" : null, method == "INVITE" ? Describe(call.Caller, _callerKey) : null);
        call.Retransmissions = 0;
        call.Deadline = now + s_t1;
        _callers.TrySend(call.Request, Server);
    }

    private string CallId(LoadCall call) => $"{_run}-{call.Number[1..]}";

    /// <summary>A description with PCMU, or with Opus under the number that it was offered by.</summary>
    private static string Describe(RtpStream stream, byte[] key, string? opusPayloadType = null) =>
        $"v=0\r\no=- 1 1 IN IP4 {stream.Local.ToIPAddress()}\r\ns=-\r\nc=IN IP4 {stream.Local.ToIPAddress()}\r\nt=0 0\r\n"
        + (opusPayloadType is not null
            ? $"m=audio {stream.Local.Port} RTP/AVP {opusPayloadType}\r\na=rtpmap:{opusPayloadType} opus/48000/2\r\n"
            : $"m=audio {stream.Local.Port} RTP/{(key.Length > 0 ? "SAVP" : "AVP")} 0\r\na=rtpmap:0 PCMU/8000\r\n")
        + (key.Length > 0 ? $"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{Convert.ToBase64String(key)}\r\n" : "") + "a=ptime:20\r\n";

    private void HandleAtCaller(NetworkEndpoint source)
    {
        string callId = Encoding.UTF8.GetString(_message.CallId);
        if (_message.IsRequest)
        {
            // The server hangs up: it must not.
            _callers.TrySend(SipText.Response(_message, 200, "x", null, null), source);
            if (_message.Method == SipMethod.Bye && Find(callId) is { } ended)
            {
                Fail(ended, "the server hung up");
            }

            return;
        }

        if (_message.StatusCode < 200 || Find(callId) is not { } call)
        {
            return;
        }

        if (_message.Method == SipMethod.Bye)
        {
            if (call.Stage == CallStage.Ending)
            {
                Conclude(call, CallStage.Ended);
            }

            return;
        }

        if (_message.Method == SipMethod.Invite)
        {
            HandleAnswer(call);
        }
    }

    private void HandleAnswer(LoadCall call)
    {
        if (call.Stage == CallStage.Inviting && _message.StatusCode >= 300)
        {
            Fail(call, $"INVITE was answered {_message.StatusCode}");
            return;
        }

        if (_message.StatusCode >= 300)
        {
            return;
        }

        _message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        call.RemoteTo = Encoding.UTF8.GetString(to);
        call.RemoteTarget = _message.TryGetContact(out NameAddress contact) ? Encoding.UTF8.GetString(contact.Uri) : "";
        string local = _callers.LocalEndpoint.ToString();
        byte[] acknowledgement = SipText.Request(
            "ACK", call.RemoteTarget, local, $"z9hG4bK{_run}{call.Number[1..]}ACK", $"<sip:+15550100@{local}>;tag=c{call.Number[1..]}", call.RemoteTo, CallId(call), 1, null, null);
        _callers.TrySend(acknowledgement, Server);
        if (call.Stage != CallStage.Inviting)
        {
            return;
        }

        byte[] body = _message.Body.ToArray();
        if (!_sdp.TryParse(body, 0, body.Length) || !OfferAnswer.TryReadAudio(_sdp, _options.IsSecure, out AudioDescription audio, out OfferAnswerError error))
        {
            Fail(call, "the answer's description was not usable");
            return;
        }

        if (_options.IsSecure)
        {
            if (audio.Crypto.Count != 1)
            {
                Fail(call, "the answer has no key");
                return;
            }

            call.Caller.Secure(new SrtpReceiver(SrtpProfile.AesCm128HmacSha1Tag80, audio.Crypto[0].Key, audio.Crypto[0].Salt));
        }

        Timestamp now = MonotonicClock.Now;
        call.Caller.Remote = audio.Rtp;
        _pump.Listen(call.Caller);
        call.Stage = CallStage.Talking;
        call.TalkingSince = now;

        // Between half and one and a half of the mean, so that calls begin and end at all times.
        call.EndAt = now + (_options.Duration * (0.5 + Random.Shared.NextDouble()));
        call.Caller.IsSending = call.Callee.IsSending = true;
    }

    private void HandleAtCallee(NetworkEndpoint source)
    {
        if (!_message.IsRequest || _message.Method == SipMethod.Ack)
        {
            return;
        }

        if (_message.Method != SipMethod.Invite)
        {
            _callees.TrySend(SipText.Response(_message, 200, "x", null, null), source);
            return;
        }

        string uri = Encoding.UTF8.GetString(_message.RequestUri);
        string number = uri["sip:".Length..Math.Max("sip:".Length, uri.IndexOf('@', StringComparison.Ordinal))];
        byte[] body = _message.Body.ToArray();
        if (!_byNumber.TryGetValue(number, out LoadCall? call)
            || !_sdp.TryParse(body, 0, body.Length)
            || !OfferAnswer.TryReadAudio(_sdp, out AudioDescription audio, out _)
            || (OpusLine().Match(Encoding.UTF8.GetString(body)) is var opus && call.IsTranscoded && !opus.Success))
        {
            _callees.TrySend(SipText.Response(_message, 488, "x", null, null), source);
            return;
        }

        call.Callee.Remote = audio.Rtp;
        string? payloadType = call.IsTranscoded ? opus.Groups["type"].Value : null;
        call.Callee.PayloadType = payloadType is null ? (byte)0 : byte.Parse(payloadType, CultureInfo.InvariantCulture);
        _pump.Listen(call.Callee);
        string contact = $"sip:callee@{_callees.LocalEndpoint}";
        _callees.TrySend(SipText.Response(_message, 180, $"s{number[1..]}", contact, null), source);
        _callees.TrySend(SipText.Response(_message, 200, $"s{number[1..]}", contact, Describe(call.Callee, [], payloadType)), source);
    }

    [GeneratedRegex(@"^a=rtpmap:(?<type>\d{1,3}) opus/48000/2", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex OpusLine();

    private LoadCall? Find(string callId) =>
        callId.StartsWith(_run, StringComparison.Ordinal) && _byNumber.TryGetValue("+" + callId[(_run.Length + 1)..], out LoadCall? call) ? call : null;

    private void Fail(LoadCall call, string problem)
    {
        call.Problem = problem;
        Totals.Problems[problem] = Totals.Problems.GetValueOrDefault(problem) + 1;
        Conclude(call, CallStage.Failed);
    }

    private void Conclude(LoadCall call, CallStage stage)
    {
        call.Stage = stage;
        call.Caller.IsSending = call.Callee.IsSending = false;
        _byNumber.Remove(call.Number);
        _pump.Remove(2 * call.Place);
        _pump.Remove((2 * call.Place) + 1);

        // The pump's threads may be at a socket still.
        _gone.Enqueue((MonotonicClock.Now + s_t1, call));
        Totals.Ended += stage == CallStage.Ended ? 1 : 0;
        Totals.Failed += stage == CallStage.Failed ? 1 : 0;
        foreach ((RtpStream stream, RtpStream other) in ((RtpStream, RtpStream)[])[(call.Caller, call.Callee), (call.Callee, call.Caller)])
        {
            if (call.IsTranscoded)
            {
                Totals.TranscodedSent += stream.Sent;
                Totals.TranscodedReceived += other.Received;
            }
            else
            {
                Totals.Sent += stream.Sent;
                Totals.Received += other.Received;
            }

            Totals.MuteSides += stage == CallStage.Ended && stream.Sent == 0 ? 1 : 0;
            Totals.SilentSides += stage == CallStage.Ended && stream.Sent > 0 && other.Received == 0 ? 1 : 0;
            Totals.Unauthentic += stream.Unauthentic;
            Totals.Compared += stream.Compared;
            Totals.Altered += stream.Altered;
            Totals.SendErrors += stream.SendErrors;
            Totals.Windows += stream.Listener?.Windows ?? 0;
            Totals.ToneWindows += stream.Listener?.ToneWindows ?? 0;
        }
    }
}
