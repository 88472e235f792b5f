using System.Threading.Channels;
using MediaCore.Smpp;
using MediaCore.Smpp.Pdus;
using MediaCore.Smpp.Sessions;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Who uses a connection. Requests come one after the other.</summary>
internal interface ISmppUser
{
    /// <summary>Decides about a bind: the status to refuse it with, or <see cref="CommandStatus.Ok"/>.</summary>
    ValueTask<CommandStatus> BindAsync(BindPdu bind, CancellationToken cancellationToken);

    /// <summary>Requests of the peer's that may be unanswered; asked after the bind.</summary>
    int PeerWindow { get; }

    /// <summary>Answers a request.</summary>
    ValueTask<SmppPdu> HandleAsync(SmppPdu request, CancellationToken cancellationToken);

    /// <summary>The session is bound, or has room in its window again; must be quick.</summary>
    void Ready();
}

/// <summary>One connection with its <see cref="SmppSession"/>: reads, writes, keeps its timer. Thread-safe.</summary>
internal sealed class SmppConnection : ISessionSink
{
    private readonly Stream _stream;
    private readonly ISmppUser _user;
    private readonly string _systemId;
    private readonly SmppSession _session;
    private readonly Lock _lock = new();
    private readonly Channel<byte[]> _out;
    private readonly Channel<SmppPdu> _requests;
    private readonly Dictionary<uint, TaskCompletionSource<SmppPdu?>> _waiting = [];
    private readonly CancellationTokenSource _reading = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly ITimer _timer;
    private (SessionEnd End, CommandStatus Status)? _ended;

    /// <summary>Makes one over a stream that is connected.</summary>
    /// <param name="stream">The stream; it is closed at the end.</param>
    /// <param name="isServer">Whether we are the centre.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="user">Who uses it.</param>
    /// <param name="systemId">Our name as a centre.</param>
    /// <param name="time">The clock.</param>
    public SmppConnection(Stream stream, bool isServer, SessionOptions options, ISmppUser user, string systemId, TimeProvider time)
    {
        _stream = stream;
        _user = user;
        _systemId = systemId;
        _out = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(options.Window + options.PeerWindow + SmppServiceLimits.MaxQueuedPdus) { SingleReader = true });

        // The session lets no more in than its window; a bind is one more.
        _requests = Channel.CreateBounded<SmppPdu>(new BoundedChannelOptions(options.PeerWindow + 1) { SingleReader = true });
        _session = new SmppSession(isServer, options, this, time);
        _timer = time.CreateTimer(static connection => ((SmppConnection)connection!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the session is bound.</summary>
    public bool IsBound
    {
        get
        {
            lock (_lock)
            {
                return _session.IsBound;
            }
        }
    }

    /// <summary>Whether a message may be sent now.</summary>
    public bool CanSend
    {
        get
        {
            lock (_lock)
            {
                return _session.CanSend;
            }
        }
    }

    /// <summary>Works until the session has ended. Throws nothing.</summary>
    /// <param name="bind">What a program binds with; null for a centre.</param>
    /// <param name="cancellationToken">Ends it without further words; <see cref="Unbind"/> is politer.</param>
    public async Task<(SessionEnd End, CommandStatus Status)> RunAsync(BindPdu? bind, CancellationToken cancellationToken)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(_reading.Token, cancellationToken);
        Task writing = WriteAsync();
        Task handling = HandleAsync(cancellationToken);
        if (bind is not null)
        {
            Do(session => session.Bind(bind));
        }
        else
        {
            Do(static _ => { });
        }

        try
        {
            await ReadAsync(reading.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone, or is to be.
        }

        Do(static session => session.Disconnect());
        _requests.Writer.TryComplete();
        await writing;
        await handling;
        await _timer.DisposeAsync();
        await _stream.DisposeAsync();
        _reading.Dispose();
        _aborting.Dispose();
        return _ended ?? (SessionEnd.Disconnected, CommandStatus.Ok);
    }

    /// <summary>Sends a message and waits for the answer.</summary>
    /// <returns>Whether it was sent, and the answer; null where none came.</returns>
    public async Task<(bool WasSent, SmppPdu? Response)> RequestAsync(SmppPdu request)
    {
        TaskCompletionSource<SmppPdu?> waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_session.CanSend)
            {
                return (false, null);
            }

            _waiting.Add(_session.Request(request), waiting);
            SetTimer();
        }

        return (true, await waiting.Task);
    }

    /// <summary>Ends the session politely.</summary>
    public void Unbind() => Do(static session => session.Unbind());

    void ISessionSink.Send(SmppPdu pdu)
    {
        if (!_out.Writer.TryWrite(PduWriter.Write(pdu)))
        {
            // It does not read what we write. Not at once: this is under the session's lock.
            _aborting.CancelAfter(TimeSpan.Zero);
        }
    }

    void ISessionSink.Bound(SessionState state) => _user.Ready();

    void ISessionSink.Binding(BindPdu bind) => _requests.Writer.TryWrite(bind);

    void ISessionSink.Receive(SmppPdu request) => _requests.Writer.TryWrite(request);

    void ISessionSink.Answered(uint sequence, SmppPdu? response)
    {
        if (_waiting.Remove(sequence, out TaskCompletionSource<SmppPdu?>? waiting))
        {
            waiting.TrySetResult(response);
        }

        _user.Ready();
    }

    void ISessionSink.Close(SessionEnd end, CommandStatus status)
    {
        _ended = (end, status);
        _out.Writer.TryComplete();
        _aborting.CancelAfter(SmppServiceLimits.CloseTime);
    }

    private void Do(Action<SmppSession> input)
    {
        lock (_lock)
        {
            input(_session);
            SetTimer();
        }
    }

    private void SetTimer() => _timer.Change(_session.UntilDeadline ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void OnTimer() => Do(static session => session.HandleDeadline());

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[SmppServiceLimits.ReadOctets];
        int filled = 0;
        while (true)
        {
            int read = await _stream.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            if (read == 0)
            {
                return;
            }

            filled += read;
            int taken = 0;
            while (true)
            {
                FrameStatus status = PduFrame.Find(buffer.AsSpan(taken, filled - taken), out int length);
                if (status == FrameStatus.Malformed)
                {
                    Do(static session => session.HandleMalformed());
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                }

                if (status != FrameStatus.Complete)
                {
                    if (length > buffer.Length)
                    {
                        Array.Resize(ref buffer, SmppLimits.MaxPduOctets);
                    }

                    break;
                }

                Take(buffer.AsSpan(taken, length));
                taken += length;
            }

            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
        }
    }

    private void Take(ReadOnlySpan<byte> octets)
    {
        bool isRead = PduReader.TryRead(octets, out SmppPdu? pdu, out PduProblem problem);
        lock (_lock)
        {
            if (isRead)
            {
                _session.HandlePdu(pdu!);
            }
            else
            {
                SmppMetrics.Malformed.Add(1);
                _session.HandleProblem(problem);
            }

            SetTimer();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (byte[] octets in _out.Reader.ReadAllAsync(_aborting.Token))
            {
                await _stream.WriteAsync(octets, _aborting.Token);
                if (_out.Reader.Count == 0)
                {
                    await _stream.FlushAsync(_aborting.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is gone; the reader says so.
        }

        await _reading.CancelAsync();
    }

    private async Task HandleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (SmppPdu request in _requests.Reader.ReadAllAsync(cancellationToken))
            {
                if (request is BindPdu bind)
                {
                    CommandStatus status = await _user.BindAsync(bind, cancellationToken);
                    Do(session => Decide(session, status));
                }
                else
                {
                    SmppPdu response = await _user.HandleAsync(request, cancellationToken);
                    Do(session => session.Respond(request, response));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Decide(SmppSession session, CommandStatus status)
    {
        if (status == CommandStatus.Ok)
        {
            session.AcceptBind(_systemId, _user.PeerWindow);
        }
        else
        {
            session.RefuseBind(status);
        }
    }
}
