using MediaCore.Smpp.Pdus;

namespace MediaCore.Smpp.Sessions;

/// <summary>
/// One session over one connection, of a program (ESME, which binds) or of a centre (which is bound to): SMPP 3.4 §2.2 to §2.10 and the timers of §7.2. It has neither sockets nor tasks: PDUs go in, and what is to be done
/// comes out at its <see cref="ISessionSink"/>. Of one thread at a time.
/// </summary>
/// <param name="isServer">Whether it is the centre's side.</param>
/// <param name="options">Times and bounds.</param>
/// <param name="sink">Where what it does comes out.</param>
/// <param name="time">The clock.</param>
public sealed class SmppSession(bool isServer, SessionOptions options, ISessionSink sink, TimeProvider time)
{
    private const uint MaxSequence = 0x7FFF_FFFF;
    private readonly Dictionary<uint, Waiting> _requests = [];
    private readonly HashSet<(CommandId Command, uint Sequence)> _peerRequests = [];
    private readonly long _startedAt = time.GetTimestamp();
    private long _heardAt = time.GetTimestamp();
    private uint _lastSequence;
    private int _window;
    private int _peerWindow = options.PeerWindow;
    private uint? _enquiry;
    private BindPdu? _bind;
    private int _silentRequests;

    /// <summary>Where it is.</summary>
    public SessionState State { get; private set; }

    /// <summary>Whether it is bound.</summary>
    public bool IsBound => State is SessionState.BoundTransmitter or SessionState.BoundReceiver or SessionState.BoundTransceiver;

    /// <summary>Requests of ours that wait for their answers; enquire_link and the like not among them.</summary>
    public int Outstanding => _window;

    /// <summary>Whether a message may be sent now: the session is bound the right way, and the window has room.</summary>
    public bool CanSend => MaySend && _window < options.Window;

    /// <summary>How long until <see cref="HandleDeadline"/> is due; null when nothing is waited for.</summary>
    public TimeSpan? UntilDeadline
    {
        get
        {
            TimeSpan? next = State switch
            {
                SessionState.Closed => null,
                SessionState.Open => options.BindTime - time.GetElapsedTime(_startedAt),
                _ when IsBound && _enquiry is null => options.EnquireLinkInterval - time.GetElapsedTime(_heardAt),
                _ => null,
            };
            foreach (Waiting waiting in _requests.Values)
            {
                TimeSpan left = LimitOf(waiting) - time.GetElapsedTime(waiting.SentAt);
                next = next is { } sooner && sooner < left ? sooner : left;
            }

            return next is { } due && due < TimeSpan.Zero ? TimeSpan.Zero : next;
        }
    }

    private bool MaySend => State == SessionState.BoundTransceiver || State == (isServer ? SessionState.BoundReceiver : SessionState.BoundTransmitter);

    private bool MayReceive => State == SessionState.BoundTransceiver || State == (isServer ? SessionState.BoundTransmitter : SessionState.BoundReceiver);

    /// <summary>Begins: a program binds.</summary>
    public void Bind(BindPdu bind)
    {
        if (isServer || State != SessionState.Open)
        {
            throw new InvalidOperationException("Only a program binds, and once.");
        }

        _bind = bind;
        State = SessionState.Binding;
        SendRequest(bind, countsInWindow: false);
    }

    /// <summary>Lets a program in.</summary>
    /// <param name="systemId">Our name.</param>
    /// <param name="peerWindow">Requests of the program's that may be unanswered; null for those of the options.</param>
    public void AcceptBind(string systemId, int? peerWindow = null)
    {
        if (State != SessionState.Binding || _bind is not { } bind)
        {
            return;
        }

        _peerWindow = Math.Min(peerWindow ?? options.PeerWindow, options.PeerWindow);
        BoundBy(bind.Command);
        Tlv[] version = bind.InterfaceVersion >= 0x34 ? [Tlv.Of(SmppTag.ScInterfaceVersion, 0x34)] : [];
        sink.Send(new BindResponsePdu(SmppPdu.ResponseOf(bind.Command), systemId) { Sequence = bind.Sequence, Tlvs = [.. version] });
        sink.Bound(State);
    }

    /// <summary>Keeps a program out, and ends the session.</summary>
    public void RefuseBind(CommandStatus status)
    {
        if (State != SessionState.Binding || _bind is not { } bind)
        {
            return;
        }

        sink.Send(new BindResponsePdu(SmppPdu.ResponseOf(bind.Command), "") { Sequence = bind.Sequence, Status = status });
        End(SessionEnd.Refused, status);
    }

    /// <summary>Sends a request that carries a message; only when <see cref="CanSend"/>. How it ends comes by <see cref="ISessionSink.Answered"/>.</summary>
    /// <returns>Its sequence number.</returns>
    public uint Request(SmppPdu request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return CanSend ? SendRequest(request, countsInWindow: true) : throw new InvalidOperationException("The session is not bound for it, or its window is full.");
    }

    /// <summary>Answers a request that came by <see cref="ISessionSink.Receive"/>; nothing when the session has ended meanwhile, or it was answered already.</summary>
    /// <param name="request">The request.</param>
    /// <param name="response">Its answer; the sequence number is set here.</param>
    public void Respond(SmppPdu request, SmppPdu response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        if (_peerRequests.Remove((request.Command, request.Sequence)) && State != SessionState.Closed)
        {
            sink.Send(response with { Sequence = request.Sequence });
        }
    }

    /// <summary>Ends the session politely: unbind, and the end when it is answered or the time is up.</summary>
    public void Unbind()
    {
        if (State is SessionState.Closed or SessionState.Unbinding)
        {
            return;
        }

        if (!IsBound)
        {
            End(SessionEnd.Unbound, CommandStatus.Ok);
            return;
        }

        State = SessionState.Unbinding;
        SendRequest(new PlainPdu(CommandId.Unbind), countsInWindow: false);
    }

    /// <summary>The connection is gone.</summary>
    public void Disconnect() => End(SessionEnd.Disconnected, CommandStatus.Ok);

    /// <summary>What came is no PDU: its length cannot be. It is answered, and the session ends.</summary>
    public void HandleMalformed()
    {
        if (State != SessionState.Closed)
        {
            sink.Send(new PlainPdu(CommandId.GenericNack) { Status = CommandStatus.InvalidCommandLength });
            End(SessionEnd.Malformed, CommandStatus.InvalidCommandLength);
        }
    }

    /// <summary>A PDU came that cannot be read. A request is answered: a command that nobody knows with generic_nack, the others with their own answer.</summary>
    public void HandleProblem(PduProblem problem)
    {
        if (State == SessionState.Closed)
        {
            return;
        }

        Heard();
        if (SmppPdu.IsResponseTo(problem.Command))
        {
            // An answer that cannot be read is an answer still: without it the window would stay smaller by one.
            Answer(problem.Sequence, new PlainPdu(CommandId.GenericNack) { Sequence = problem.Sequence, Status = problem.Status });
            return;
        }

        CommandId answer = problem.Status == CommandStatus.InvalidCommandId || problem.Command is CommandId.Outbind or CommandId.AlertNotification ? CommandId.GenericNack : SmppPdu.ResponseOf(problem.Command);
        sink.Send(new PlainPdu(answer) { Sequence = problem.Sequence, Status = problem.Status });
    }

    /// <summary>A PDU came.</summary>
    public void HandlePdu(SmppPdu pdu)
    {
        ArgumentNullException.ThrowIfNull(pdu);
        if (State == SessionState.Closed)
        {
            return;
        }

        Heard();
        switch (pdu.Command)
        {
            case CommandId.EnquireLink:
                sink.Send(new PlainPdu(CommandId.EnquireLinkResponse) { Sequence = pdu.Sequence });
                break;
            case CommandId.Unbind:
                sink.Send(new PlainPdu(CommandId.UnbindResponse) { Sequence = pdu.Sequence });
                End(SessionEnd.Unbound, CommandStatus.Ok);
                break;
            case CommandId.GenericNack when pdu.Sequence == 0:
                // Nobody can tell which request it is about: the peer has lost its place in the stream.
                End(SessionEnd.Malformed, pdu.Status);
                break;
            case CommandId.BindReceiver or CommandId.BindTransmitter or CommandId.BindTransceiver:
                HandleBind((BindPdu)pdu);
                break;
            case CommandId.Outbind:
                // We bind when it is time to, and to whom the configuration says.
                break;
            case CommandId.AlertNotification:
                break;
            default:
                if (pdu.IsResponse)
                {
                    Answer(pdu.Sequence, pdu);
                }
                else
                {
                    HandleRequest(pdu);
                }

                break;
        }
    }

    /// <summary>The time of <see cref="UntilDeadline"/> has come.</summary>
    public void HandleDeadline()
    {
        if (State == SessionState.Open && time.GetElapsedTime(_startedAt) >= options.BindTime)
        {
            End(SessionEnd.NotBound, CommandStatus.Ok);
            return;
        }

        foreach ((uint sequence, Waiting waiting) in _requests.ToArray())
        {
            if (State != SessionState.Closed && time.GetElapsedTime(waiting.SentAt) >= LimitOf(waiting) && _requests.ContainsKey(sequence))
            {
                GiveUp(sequence, waiting);
            }
        }

        if (IsBound && _enquiry is null && time.GetElapsedTime(_heardAt) >= options.EnquireLinkInterval)
        {
            _enquiry = SendRequest(new PlainPdu(CommandId.EnquireLink), countsInWindow: false);
        }
    }

    private void GiveUp(uint sequence, Waiting waiting)
    {
        if (!waiting.CountsInWindow)
        {
            End(waiting.Command == CommandId.Unbind ? SessionEnd.Unbound : SessionEnd.Silent, CommandStatus.Ok);
            return;
        }

        // A centre that answers nothing at all any more has lost us, whatever TCP says.
        _silentRequests++;
        Answer(sequence, null);
        if (_silentRequests >= Math.Max(2, options.Window))
        {
            End(SessionEnd.Silent, CommandStatus.Ok);
        }
    }

    private void HandleBind(BindPdu bind)
    {
        if (isServer && State == SessionState.Open)
        {
            _bind = bind;
            State = SessionState.Binding;
            sink.Binding(bind);
        }
        else
        {
            CommandStatus status = isServer ? CommandStatus.AlreadyBound : CommandStatus.InvalidCommandId;
            sink.Send(new BindResponsePdu(SmppPdu.ResponseOf(bind.Command), "") { Sequence = bind.Sequence, Status = status });
        }
    }

    private void HandleRequest(SmppPdu pdu)
    {
        bool isOfTheOtherSide = pdu.Command != CommandId.DataSm && isServer == (pdu.Command == CommandId.DeliverSm);
        CommandStatus refusal = isOfTheOtherSide || pdu.Command == CommandId.SubmitMulti ? CommandStatus.InvalidCommandId
            : !MayReceive ? CommandStatus.InvalidBindStatus
            : _peerRequests.Count >= _peerWindow ? CommandStatus.Throttled
            : CommandStatus.Ok;

        // The same number twice before the first is answered: the peer cannot tell the answers apart.
        if (refusal == CommandStatus.Ok && !_peerRequests.Add((pdu.Command, pdu.Sequence)))
        {
            refusal = CommandStatus.SystemError;
        }

        if (refusal == CommandStatus.Ok)
        {
            sink.Receive(pdu);
        }
        else
        {
            sink.Send(new PlainPdu(SmppPdu.ResponseOf(pdu.Command)) { Sequence = pdu.Sequence, Status = refusal });
        }
    }

    private void Answer(uint sequence, SmppPdu? response)
    {
        if (!_requests.TryGetValue(sequence, out Waiting waiting) || (response is { Command: not CommandId.GenericNack } && response.Command != SmppPdu.ResponseOf(waiting.Command)))
        {
            // Too late, or not ours.
            return;
        }

        _requests.Remove(sequence);
        _silentRequests = response is null ? _silentRequests : 0;
        switch (waiting.Command)
        {
            case CommandId.EnquireLink:
                _enquiry = null;
                break;
            case CommandId.Unbind:
                End(SessionEnd.Unbound, CommandStatus.Ok);
                break;
            case CommandId.BindReceiver or CommandId.BindTransmitter or CommandId.BindTransceiver:
                if (response is BindResponsePdu { Status: CommandStatus.Ok })
                {
                    BoundBy(waiting.Command);
                    sink.Bound(State);
                }
                else
                {
                    End(SessionEnd.Refused, response?.Status ?? CommandStatus.BindFailed);
                }

                break;
            default:
                _window--;
                sink.Answered(sequence, response);
                break;
        }
    }

    private uint SendRequest(SmppPdu request, bool countsInWindow)
    {
        do
        {
            _lastSequence = _lastSequence >= MaxSequence ? 1 : _lastSequence + 1;
        }
        while (_requests.ContainsKey(_lastSequence));
        _requests.Add(_lastSequence, new Waiting(request.Command, time.GetTimestamp(), countsInWindow));
        _window += countsInWindow ? 1 : 0;
        sink.Send(request with { Sequence = _lastSequence });
        return _lastSequence;
    }

    private void BoundBy(CommandId bind) => State = bind switch
    {
        CommandId.BindTransmitter => SessionState.BoundTransmitter,
        CommandId.BindReceiver => SessionState.BoundReceiver,
        _ => SessionState.BoundTransceiver,
    };

    private void Heard() => _heardAt = time.GetTimestamp();

    private TimeSpan LimitOf(Waiting waiting) => State == SessionState.Binding ? options.BindTime : options.ResponseTime;

    private void End(SessionEnd end, CommandStatus status)
    {
        if (State == SessionState.Closed)
        {
            return;
        }

        State = SessionState.Closed;
        _peerRequests.Clear();
        (uint Sequence, Waiting Request)[] unanswered = [.. _requests.Select(static r => (r.Key, r.Value))];
        _requests.Clear();
        _window = 0;
        foreach ((uint sequence, Waiting request) in unanswered)
        {
            if (request.CountsInWindow)
            {
                sink.Answered(sequence, null);
            }
        }

        sink.Close(end, status);
    }

    private readonly record struct Waiting(CommandId Command, long SentAt, bool CountsInWindow);
}
