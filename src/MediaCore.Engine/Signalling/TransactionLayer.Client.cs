using MediaCore.Engine.Calls;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;
using MediaCore.Sip.Transactions;

namespace MediaCore.Engine.Signalling;

internal sealed partial class TransactionLayer
{
    /// <summary>Takes a client transaction whose branch is written to <paramref name="branch"/>; null at the bound.</summary>
    public ClientTransaction? Open(SipMethod method, uint cseq, RequestPurpose purpose, in Flow flow, Leg? leg, Span<byte> branch) =>
        Open(method, cseq, purpose, flow, leg, owner: null, branch);

    /// <summary>Takes a client transaction whose responses go to <paramref name="owner"/>; null at the bound.</summary>
    public ClientTransaction? Open(SipMethod method, uint cseq, IRequestOwner owner, in Flow flow, Span<byte> branch) =>
        Open(method, cseq, RequestPurpose.Owned, flow, leg: null, owner, branch);

    private ClientTransaction? Open(SipMethod method, uint cseq, RequestPurpose purpose, in Flow flow, Leg? leg, IRequestOwner? owner, Span<byte> branch)
    {
        ClientTransaction transaction = _clientPool.Get();
        SessionHandle handle = _clients.Allocate(transaction);
        if (handle.IsNone)
        {
            _clientPool.Return(transaction);
            _context.Statistics.OverloadRefusals++;
            return null;
        }

        transaction.Handle = handle;
        transaction.Open(method, cseq, purpose, flow, leg, owner);
        WriteBranch(handle, branch);
        _context.Statistics.ClientTransactions++;
        return transaction;
    }

    /// <summary>Sends the request of a transaction opened before. <paramref name="writer"/> holds the whole message, with the branch at <paramref name="branchOffset"/>.</summary>
    /// <returns>False when it could not be sent; the user has then been told by <see cref="ITransactionUser.OnFailure"/>.</returns>
    public bool Start(ClientTransaction transaction, scoped in SipWriter writer, int branchOffset)
    {
        StoreRequest(transaction, writer.Written, branchOffset);
        transaction.Flow.Stream?.NoteRequest(_context.Index);
        _context.Statistics.RequestsSent[(int)transaction.Method]++;
        var sink = new ClientSink(this, transaction, null);
        if (transaction.IsInvite)
        {
            transaction.Invite.Start(_context.Now, _context.Timers, transaction.Flow.IsReliable, ref sink);
        }
        else
        {
            transaction.NonInvite.Start(_context.Now, _context.Timers, transaction.Flow.IsReliable, ref sink);
        }

        if (sink.SendFailed)
        {
            Fail(transaction);
            return false;
        }

        Settle(transaction);
        return true;
    }

    /// <summary>Sends a CANCEL for an INVITE that has had a provisional response (RFC 3261 §9.1), in a transaction of its own.</summary>
    public void SendCancel(ClientTransaction invite, ReadOnlySpan<byte> reason)
    {
        SipMessage request = _context.OwnMessage;
        if (request.Parse(invite.RequestArray, 0, invite.Request.Length) != ParseStatus.Complete)
        {
            return;
        }

        Span<byte> unusedBranch = stackalloc byte[ClientTransaction.BranchBytes];
        ClientTransaction? cancel = Open(SipMethod.Cancel, invite.CSeq, RequestPurpose.Cancel, invite.Flow, null, unusedBranch);
        if (cancel is null)
        {
            return;
        }

        // The CANCEL carries the INVITE's branch, so its response finds the INVITE's slot and there, by the CSeq method, this transaction.
        var writer = new SipWriter(_context.Scratch);
        int branchOffset = WriteFromInvite(ref writer, request, invite, SipMethod.Cancel, default);
        if (!reason.IsEmpty)
        {
            writer.Header(SipHeaderName.Reason, reason);
        }

        writer.EndWithoutBody();
        invite.Canceller = cancel.Handle;
        Start(cancel, writer, branchOffset);
    }

    /// <summary>Gives up an INVITE that was cancelled and still has no final response after 64·T1 (RFC 3261 §9.1).</summary>
    public void Abandon(ClientTransaction invite)
    {
        invite.Invite.Reset();
        invite.HasEnded = true;
        Settle(invite);
    }

    /// <summary>Acknowledges a non-2xx final response within the INVITE's transaction (RFC 3261 §17.1.1.3).</summary>
    private void SendAck(ClientTransaction invite, SipMessage response)
    {
        SipMessage request = _context.OwnMessage;
        if (request.Parse(invite.RequestArray, 0, invite.Request.Length) != ParseStatus.Complete)
        {
            return;
        }

        var writer = new SipWriter(_context.Scratch);
        response.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        WriteFromInvite(ref writer, request, invite, SipMethod.Ack, to);
        writer.EndWithoutBody();
        _context.Statistics.RequestsSent[(int)SipMethod.Ack]++;
        Send(invite.Flow, writer.Written);
    }

    private static int WriteFromInvite(ref SipWriter writer, SipMessage request, ClientTransaction invite, SipMethod method, ReadOnlySpan<byte> to)
    {
        writer.RequestLine(method, request.RequestUri);
        int branchOffset = 0;
        for (int i = 0; i < request.HeaderCount; i++)
        {
            SipHeaderName name = request.GetHeaderName(i);
            switch (name)
            {
                case SipHeaderName.Via:
                    writer.CopyHeader(request, i);
                    branchOffset = writer.Length - 2 - RequestVia.BehindBranch.Length - ClientTransaction.BranchBytes;
                    break;
                case SipHeaderName.From or SipHeaderName.CallId or SipHeaderName.Route or SipHeaderName.MaxForwards:
                    writer.CopyHeader(request, i);
                    break;
                case SipHeaderName.Authorization or SipHeaderName.ProxyAuthorization when method == SipMethod.Ack:
                    // An ACK cannot be challenged, so it has what its INVITE had (§22.1).
                    writer.CopyHeader(request, i);
                    break;
                case SipHeaderName.To when to.IsEmpty:
                    writer.CopyHeader(request, i);
                    break;
                case SipHeaderName.To:
                    writer.HeaderStart(SipHeaderName.To);
                    writer.Text(to);
                    writer.EndLine();
                    break;
                default:
                    break;
            }
        }

        writer.HeaderStart(SipHeaderName.CSeq);
        writer.Raw(invite.CSeq);
        writer.Raw(" "u8);
        writer.Raw(SipMethods.GetToken(method));
        writer.EndLine();
        return branchOffset;
    }

    private void Settle(ClientTransaction transaction)
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
        _clients.Free(transaction.Handle);
        _context.Statistics.ClientTransactions--;
        transaction.Clear();
        _clientPool.Return(transaction);
    }

    private struct ClientSink(TransactionLayer layer, ClientTransaction transaction, SipMessage? response) : IClientTransactionSink
    {
        public bool IsRetransmission;
        public bool SendFailed;

        public void SendRequest()
        {
            if (IsRetransmission)
            {
                layer._context.Statistics.RetransmissionsSent++;
            }

            if (!layer._context.Send(transaction.Flow, transaction.Request))
            {
                layer._context.Statistics.TransportErrors++;
                SendFailed = true;
            }
        }

        public readonly void SendAck()
        {
            if (response is not null)
            {
                layer.SendAck(transaction, response);
            }
        }

        public readonly void PassResponse(int statusCode)
        {
            if (response is not null && !(statusCode is 401 or 407 && layer.TryRepeat(transaction, response)))
            {
                layer.User.OnResponse(transaction, response);
            }
        }

        public readonly void NotifyTimeout() => layer.User.OnFailure(transaction, timedOut: true);

        public readonly void NotifyTransportError() => layer.User.OnFailure(transaction, timedOut: false);

        public readonly void Terminated() => transaction.HasEnded = true;
    }
}
