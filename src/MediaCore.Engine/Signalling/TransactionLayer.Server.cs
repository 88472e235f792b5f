using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Signalling;

internal sealed partial class TransactionLayer
{
    private readonly HeaderFilter _headerFilter = new();
    private Trunk? _trunk;
    private bool _isTrunkKnown;

    /// <summary>The trunk whose request is being handled, null for none, once that is known: its rules are those of our answers.</summary>
    public void NoteTrunk(Trunk? trunk)
    {
        _trunk = trunk;
        _isTrunkKnown = true;
    }

    private void ForgetTrunk()
    {
        _trunk = null;
        _isTrunkKnown = false;
    }

    /// <summary>The trunk whose request is being handled; before anybody has said so the one of its address.</summary>
    private Trunk? GetTrunk(in Flow flow)
    {
        if (!_isTrunkKnown)
        {
            NoteTrunk(_context.FindTrunk(flow));
        }

        return _trunk;
    }

    /// <summary>What tells a request from others and not from its own retransmissions (RFC 3261 §17.2.3), hashed with a secret key; never 0.</summary>
    public uint GetMark(SipMessage request) =>
        TransactionKey.TryWrite(request, request.Method, _keyScratch, out int length)
            ? (uint)SipHash24.Hash(_keyScratch.AsSpan(0, length), _context.HashKey.K0, _context.HashKey.K1) | 1
            : 1;

    /// <summary>Opens a server transaction for a request that <see cref="ITransactionUser.OnRequest"/> wants to answer statefully; null at the bound, after a stateless 503.</summary>
    public ServerTransaction? Open(SipMessage request, in Flow flow)
    {
        if (_serverCount >= EngineLimits.MaxServerTransactionsPerShard
            || !TransactionKey.TryWrite(request, request.Method, _keyScratch, out int keyLength))
        {
            _context.Statistics.OverloadRefusals++;
            RespondStateless(request, flow, 503, default);
            return null;
        }

        ReadOnlySpan<byte> key = _keyScratch.AsSpan(0, keyLength);
        ulong hash = SipHash24.Hash(key, _context.HashKey.K0, _context.HashKey.K1);
        ServerTransaction transaction = _serverPool.Get();
        if (!transaction.Open(request, flow, key, hash, _context.Scratch))
        {
            transaction.Clear();
            _serverPool.Return(transaction);
            RespondStateless(request, flow, 513, default);
            return null;
        }

        transaction.Trunk = GetTrunk(flow);
        transaction.NextInBucket = _servers.GetValueOrDefault(hash);
        _servers[hash] = transaction;
        _context.Statistics.ServerTransactions = ++_serverCount;
        var sink = new ServerSink(this, transaction);
        if (transaction.IsInvite)
        {
            transaction.Invite.Start(_context.Now, _context.Timers, flow.IsReliable, ref sink);
        }
        else
        {
            transaction.NonInvite.Start(_context.Now, _context.Timers, flow.IsReliable, ref sink);
        }

        return transaction;
    }

    /// <summary>Sends a response that was begun with <see cref="ServerTransaction.BeginResponse"/> and keeps it for retransmission.</summary>
    public void Respond(ServerTransaction transaction, int status, scoped in SipWriter writer)
    {
        if (writer.Overflowed)
        {
            // What is echoed is bounded, so this is a defect of ours; the transaction must not outlive it.
            _context.Statistics.TransportErrors++;
            if (status >= 200)
            {
                transaction.HasEnded = true;
                Settle(transaction);
            }

            return;
        }

        transaction.StoreResponse(writer.Written);
        if (status >= 200)
        {
            transaction.FinalStatus = status;
            if (!(transaction.IsInvite && status < 300))
            {
                transaction.ReleaseHead();
            }
        }

        if (status == 404 && transaction.IsInvite)
        {
            _context.Admission.NoteUnknownNumber(transaction.ResponseFlow);
        }

        var sink = new ServerSink(this, transaction);
        if (transaction.IsInvite)
        {
            transaction.Invite.SendResponse(_context.Now, status, ref sink);
        }
        else
        {
            transaction.NonInvite.SendResponse(_context.Now, status, ref sink);
        }

        _context.Statistics.CountResponseSent(status);
        Settle(transaction);
    }

    /// <summary>A response without a body, with a Reason header (RFC 3326) where a cause is given, as the rules of the trunk that asked want it.</summary>
    public void RespondEmpty(ServerTransaction transaction, int status, ReadOnlySpan<byte> toTag, int cause = 0)
    {
        SipWriter writer = transaction.BeginResponse(_context.Scratch, status, toTag);
        WriteReason(ref writer, cause);
        WriteStatusHeaders(ref writer, status);
        writer.EndWithoutBody();
        _headerFilter.FilterOutbound(transaction.Trunk, transaction.Method, isResponse: true, isHidden: false, _context.Scratch, ref writer);
        Respond(transaction, status, writer);
    }

    /// <summary>Sends the stored response once more: the transaction user's own retransmission of a 2xx (RFC 3261 §13.3.1.4).</summary>
    public void Resend(ServerTransaction transaction)
    {
        _context.Statistics.RetransmissionsSent++;
        SendResponse(transaction);
    }

    /// <summary>Over the request's own connection; a new one to the sent-by port when that is gone (RFC 3261 §18.2.2), which no WebSocket has.</summary>
    private void SendResponse(ServerTransaction transaction)
    {
        Flow flow = transaction.ResponseFlow;
        if (flow.Stream is { IsClosed: true } closed
            && _context.Output.TryOpenFlow(new SipDestination(flow.Remote, flow.Local.Transport, closed.ServerName), flow.Local.Network, out Flow opened))
        {
            flow = opened;
        }

        Send(flow, transaction.Response);
    }

    /// <summary>
    /// Answers without keeping anything, so that a flood of refused requests costs no memory. The tag is a keyed hash of the request, the
    /// same for every retransmission (RFC 3261 §8.2.7). The rules of the trunk that asked apply.
    /// </summary>
    public void RespondStateless(SipMessage request, in Flow flow, int status, ReadOnlySpan<byte> extraHeaders, ReadOnlySpan<byte> reasonPhrase = default)
    {
        if (!_context.Admission.MayAnswer(request, flow, status))
        {
            return;
        }

        Flow responseFlow = ResponseHead.GetResponseFlow(request, flow);
        var writer = new SipWriter(_context.Scratch);
        writer.StatusLine(status, reasonPhrase);
        ResponseHead.WriteVias(ref writer, request, flow.Remote);
        for (int i = 0; i < request.HeaderCount; i++)
        {
            SipHeaderName name = request.GetHeaderName(i);
            if (name is SipHeaderName.From or SipHeaderName.CallId or SipHeaderName.CSeq)
            {
                writer.CopyHeader(request, i);
            }
        }

        if (request.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to))
        {
            writer.HeaderStart(SipHeaderName.To);
            writer.Text(to);
            if (status > 100 && request.ToTag.IsEmpty)
            {
                Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
                ulong hash = SipHash24.Hash(request.CallId, _context.HashKey.K1, _context.HashKey.K0) ^ SipHash24.Hash(request.FromTag, _context.HashKey.K0, _context.HashKey.K1);
                _context.Identifiers.WriteTag(hash, tag);
                writer.Raw(";tag="u8);
                writer.Raw(tag);
            }

            writer.EndLine();
        }

        writer.Raw(extraHeaders);
        WriteStatusHeaders(ref writer, status);
        writer.EndWithoutBody();
        _headerFilter.FilterOutbound(GetTrunk(flow), request.Method, isResponse: true, isHidden: false, _context.Scratch, ref writer);
        if (!writer.Overflowed)
        {
            _context.Statistics.CountResponseSent(status);
            Send(responseFlow, writer.Written);
        }
    }

    /// <summary>Headers that certain statuses must or should carry (RFC 3261 §21).</summary>
    private void WriteStatusHeaders(ref SipWriter writer, int status)
    {
        switch (status)
        {
            case 405 or 501:
                writer.Header(SipHeaderName.Allow, _context.Capabilities.Allow);
                break;
            case 415:
                writer.Header(SipHeaderName.Accept, Capabilities.Accept);
                break;
            case 503:
                writer.Header(SipHeaderName.RetryAfter, EngineLimits.RetryAfterSeconds);
                break;
            default:
                break;
        }

        if (!_context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.Server, _context.Capabilities.Server);
        }
    }

    /// <summary>Writes <c>Reason: Q.850;cause=…</c> (RFC 3326); nothing for cause 0.</summary>
    public static void WriteReason(ref SipWriter writer, int cause)
    {
        if (cause == 0)
        {
            return;
        }

        writer.HeaderStart(SipHeaderName.Reason);
        writer.Raw("Q.850;cause="u8);
        writer.Raw(cause);
        ReadOnlySpan<byte> text = Q850.GetText(cause);
        if (!text.IsEmpty)
        {
            writer.Raw(";text=\""u8);
            writer.Raw(text);
            writer.Raw("\""u8);
        }

        writer.EndLine();
    }

    private void Send(in Flow flow, ReadOnlySpan<byte> message)
    {
        if (flow.Remote.IsMulticastOrBroadcast || flow.Remote.Port == 0 || !_context.Send(flow, message))
        {
            _context.Statistics.TransportErrors++;
        }
    }

    private void Settle(ServerTransaction transaction)
    {
        if (!transaction.HasEnded)
        {
            if (transaction.IsLingering)
            {
                _context.Wheel.ScheduleCoarsely(transaction, transaction.NextDeadline);
            }
            else
            {
                _context.Wheel.Schedule(transaction, transaction.NextDeadline);
            }

            return;
        }

        _context.Wheel.Cancel(transaction);
        User.OnEnded(transaction);
        Unlink(transaction);
        _context.Statistics.ServerTransactions = --_serverCount;
        transaction.Clear();
        _serverPool.Return(transaction);
    }

    private void Unlink(ServerTransaction transaction)
    {
        ServerTransaction first = _servers[transaction.Hash];
        if (ReferenceEquals(first, transaction))
        {
            if (transaction.NextInBucket is { } next)
            {
                _servers[transaction.Hash] = next;
            }
            else
            {
                _servers.Remove(transaction.Hash);
            }

            return;
        }

        while (!ReferenceEquals(first.NextInBucket, transaction))
        {
            first = first.NextInBucket!;
        }

        first.NextInBucket = transaction.NextInBucket;
    }

    private struct ServerSink(TransactionLayer layer, ServerTransaction transaction) : IServerTransactionSink
    {
        public SipMessage? Ack;
        public bool IsRetransmission;

        public readonly void SendResponse()
        {
            if (IsRetransmission)
            {
                layer._context.Statistics.RetransmissionsSent++;
            }

            if (!transaction.Response.IsEmpty)
            {
                layer.SendResponse(transaction);
            }
        }

        public readonly void PassAck()
        {
            if (Ack is not null)
            {
                layer.User.OnAck(Ack);
            }
        }

        public readonly void NotifyTransportError()
        {
            layer._context.Statistics.TransportErrors++;
        }

        public readonly void NotifyAckTimeout()
        {
            // Timer H: the refused caller never acknowledged; there is no call to end (RFC 3261 §17.2.1).
        }

        public readonly void Terminated() => transaction.HasEnded = true;
    }
}
