using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Dialogs;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Requests that we send.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Sends an INVITE to a target on a leg of its own; false when it could not be sent at all.</summary>
    private bool Invite(Call call, in Flow flow, ReadOnlySpan<byte> requestUri, ReadOnlySpan<byte> to, string? peer, Trunk? trunk, ReadOnlySpan<byte> path = default, bool mayUseStream = false)
    {
        if (call.Callees.Count >= EngineLimits.MaxLegsPerCall)
        {
            return false;
        }

        Leg leg = call.AddCallee();
        TakeHop(call, leg);
        leg.State = LegState.Inviting;
        leg.Flow = flow;
        leg.MayUseStream = mayUseStream;
        leg.Peer = peer;
        leg.PeerIsTrunk = trunk is not null;
        leg.Trunk = trunk;
        leg.InvitedAt = _context.WallClock;
        leg.SdpSessionId = _context.Identifiers.Next() >> 2;
        leg.SdpVersion = 1;
        if (!SetUpCallee(call, leg, requestUri, to) || !SetPath(leg, path))
        {
            FailLeg(leg, 503, Q850.ResourceUnavailable);
            return false;
        }

        if (!Register(call, leg) || !KeepMediaWay(call, call.Caller, trunk) || !OpenMedia(leg))
        {
            // It is us who cannot, and later perhaps can: the one case in which a callee's side makes us answer 503 (RFC 3261 §16.7, §21.5.4).
            FailLeg(leg, 503, Q850.ResourceUnavailable);
            NoteFailure(call, 503, Q850.ResourceUnavailable);
            return false;
        }

        TraceLeg(leg);
        leg.InviteCSeq = 1;
        leg.Dialog.SetLocalCSeq(1);
        leg.IsStarting = true;
        SendInitialInvite(leg);
        leg.IsStarting = false;
        NoteDialog(leg);
        return leg.State == LegState.Inviting;
    }

    private void SendInitialInvite(Leg leg)
    {
        Call call = leg.Call;
        leg.WasOffered = !call.IsDelayedOffer || call.State != CallState.Setup || call.Caller.AnsweredReliably;
        SendInvite(leg, RequestPurpose.InitialInvite, leg.WasOffered ? call.Caller : null, call.MaxForwards - 1);
    }

    private bool SetUpCallee(Call call, Leg leg, ReadOnlySpan<byte> requestUri, ReadOnlySpan<byte> to)
    {
        Span<byte> callId = stackalloc byte[34];
        IdentifierSource.WriteHex((ulong)_context.Index, callId[..2]);
        IdentifierSource.WriteHex(_context.Identifiers.Next(), callId.Slice(2, 16));
        IdentifierSource.WriteHex(_context.Identifiers.Next(), callId.Slice(18, 16));
        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        _context.Identifiers.WriteTag(tag);
        var remote = new SipWriter(_context.Scratch);
        remote.Raw("<"u8);
        remote.Raw(to);
        remote.Raw(">"u8);
        if (call is { Origination: { } origination, State: CallState.Setup })
        {
            Span<byte> address = stackalloc byte[Call.MaxCallerAddressBytes];
            call.CallerAddress.Set(address[..origination.WriteCaller(address, leg.Flow.Local.Host)]);
        }

        Span<byte> caller = stackalloc byte[512];
        return leg.Dialog.SetIdentity(callId, tag, default, GetCallerAddress(call, leg, caller), remote.Written)
            && SetTarget(leg, requestUri);
    }

    /// <summary>The way that a contact registered (RFC 3327 §5.3): values that each end with a line feed become the Routes of its INVITE.</summary>
    private static bool SetPath(Leg leg, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int end = path.IndexOf((byte)'\n');
            if (!leg.Dialog.AddRoute(path[..end]))
            {
                return false;
            }

            path = path[(end + 1)..];
        }

        return true;
    }

    /// <summary>Sets where requests of the dialog are addressed to. Headers of a Contact URI have no place in a Request-URI (RFC 3261 §19.1.1).</summary>
    private static bool SetTarget(Leg leg, ReadOnlySpan<byte> uri)
    {
        int headers = uri.IndexOf((byte)'?');
        return leg.Dialog.SetRemoteTarget(headers < 0 ? uri : uri[..headers]);
    }

    /// <summary>Sends an INVITE or re-INVITE; the offer is made of what <paramref name="offerer"/> described, or left out when that is null.</summary>
    private void SendInvite(Leg leg, RequestPurpose purpose, Leg? offerer, int maxForwards)
    {
        ReopenFlow(leg);
        int bodyLength = 0;
        bool isAgain = purpose == RequestPurpose.OwnInvite && !leg.IsOwnOffer;
        if (offerer is not null && !(isAgain ? TryWriteAgain(leg, offerer, out bodyLength) : TryWriteOffer(leg, offerer, out bodyLength)))
        {
            FailInvite(leg, purpose, 500, Q850.TemporaryFailure);
            return;
        }

        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        ClientTransaction? transaction = _transactions.Open(SipMethod.Invite, leg.InviteCSeq, purpose, leg.Flow, leg, branch);
        if (transaction is null)
        {
            FailInvite(leg, purpose, 503, Q850.ResourceUnavailable);
            return;
        }

        if (purpose == RequestPurpose.InitialInvite)
        {
            LoopToken.Write(leg.Call.LoopToken, branch);
        }

        SipWriter writer = WriteInvite(leg, purpose, branch, maxForwards, bodyLength, out int branchOffset);
        if (TryUseStream(leg, transaction, writer.Length))
        {
            writer = WriteInvite(leg, purpose, branch, maxForwards, bodyLength, out branchOffset);
        }

        leg.InviteClient = transaction;
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>A whole INVITE in the scratch buffer; its body, if any, stands in the part buffer.</summary>
    private SipWriter WriteInvite(Leg leg, RequestPurpose purpose, ReadOnlySpan<byte> branch, int maxForwards, int bodyLength, out int branchOffset)
    {
        SipWriter writer = BeginRequest(leg, SipMethod.Invite, leg.InviteCSeq, branch, maxForwards, out branchOffset);
        WriteInviteHeaders(ref writer, leg, purpose);
        FinishRequest(ref writer, leg, SipMethod.Invite, bodyLength);
        return writer;
    }

    /// <summary>An INVITE could not even be sent. A leg that is talking stays as it is.</summary>
    private void FailInvite(Leg leg, RequestPurpose purpose, int status, int cause)
    {
        if (purpose == RequestPurpose.ReInvite)
        {
            FailReInvite(leg, 500);
        }
        else if (purpose == RequestPurpose.OwnInvite)
        {
            Retry(leg, leg.IsOwnOffer, s_refreshRetry);
        }
        else if (purpose == RequestPurpose.Renegotiation)
        {
            OnRenegotiationRefused(leg, status);
        }
        else
        {
            FailLeg(leg, status, cause);
        }
    }

    /// <summary>Request line, Via, Max-Forwards, route set, From, To, Call-ID, CSeq (RFC 3261 §12.2.1.1) into the scratch buffer.</summary>
    private SipWriter BeginRequest(Leg leg, SipMethod method, uint cseq, ReadOnlySpan<byte> branch, int maxForwards, out int branchOffset) =>
        BeginRequest(leg.Dialog, leg.Flow, method, cseq, branch, maxForwards, out branchOffset);

    private SipWriter BeginRequest(Dialog dialog, scoped in Flow flow, SipMethod method, uint cseq, ReadOnlySpan<byte> branch, int maxForwards, out int branchOffset)
    {
        var writer = new SipWriter(_context.Scratch);
        writer.RequestLine(method, dialog.RequestUri);
        branchOffset = RequestVia.Write(ref writer, flow, branch);
        writer.Header(SipHeaderName.MaxForwards, maxForwards);
        for (int i = 0; i < dialog.RequestRouteCount; i++)
        {
            writer.Header(SipHeaderName.Route, dialog.GetRequestRoute(i));
        }

        writer.HeaderStart(SipHeaderName.From);
        writer.Raw(dialog.LocalAddress);
        writer.Raw(";tag="u8);
        writer.Raw(dialog.LocalTag);
        writer.EndLine();
        writer.HeaderStart(SipHeaderName.To);
        writer.Raw(dialog.RemoteAddress);
        if (!dialog.RemoteTag.IsEmpty)
        {
            writer.Raw(";tag="u8);
            writer.Raw(dialog.RemoteTag);
        }

        writer.EndLine();
        writer.Header(SipHeaderName.CallId, dialog.CallId);
        writer.HeaderStart(SipHeaderName.CSeq);
        writer.Raw(cseq);
        writer.Raw(" "u8);
        writer.Raw(SipMethods.GetToken(method));
        writer.EndLine();
        return writer;
    }

    /// <summary>Acknowledges a 2xx, which is a request of its own without a transaction (RFC 3261 §13.2.2.4).</summary>
    private void SendAck(Leg leg, int bodyLength = 0)
    {
        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        SipWriter writer = BeginRequest(leg, SipMethod.Ack, leg.InviteCSeq, WriteAckBranch(branch), 70, out _);
        WriteAckCredentials(ref writer, leg);
        FinishRequest(ref writer, leg, SipMethod.Ack, bodyLength);
        _context.Statistics.RequestsSent[(int)SipMethod.Ack]++;
        if (!_context.Send(leg.Flow, writer.Written))
        {
            _context.Statistics.TransportErrors++;
        }
    }

    private ReadOnlySpan<byte> WriteAckBranch(Span<byte> branch)
    {
        "z9hG4bK"u8.CopyTo(branch);
        IdentifierSource.WriteHex(_context.Identifiers.Next(), branch.Slice(7, 16));
        IdentifierSource.WriteHex(_context.Identifiers.Next(), branch.Slice(23, 16));
        return branch;
    }

    /// <summary>Hangs a leg up; the call waits for the answer or timer F.</summary>
    private void SendBye(Leg leg, int cause, ReadOnlySpan<byte> passedReason)
    {
        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        ClientTransaction? transaction = _transactions.Open(SipMethod.Bye, cseq, RequestPurpose.Bye, leg.Flow, leg, branch);
        leg.State = LegState.Ended;
        LeaveTrunk(leg);
        NoteDialog(leg);
        if (transaction is null)
        {
            return;
        }

        SipWriter writer = BeginRequest(leg, SipMethod.Bye, cseq, branch, 70, out int branchOffset);
        if (passedReason.IsEmpty)
        {
            TransactionLayer.WriteReason(ref writer, cause);
        }
        else
        {
            writer.Raw(passedReason);
        }

        FinishRequest(ref writer, leg, SipMethod.Bye, 0);
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>Cancels the legs that are still ringing.</summary>
    private void CancelCallees(Call call, Leg? except, ReadOnlySpan<byte> reason)
    {
        foreach (Leg leg in call.Callees)
        {
            if (!ReferenceEquals(leg, except) && leg.State == LegState.Inviting)
            {
                Cancel(leg, reason);
            }
        }
    }

    private void Cancel(Leg leg, ReadOnlySpan<byte> reason)
    {
        leg.State = LegState.Cancelling;
        leg.EndedAt = _context.WallClock;
        leg.EndedBy = CallEndSide.Caller;
        leg.SipStatus = 487;
        leg.Q850Cause = Q850.NormalClearing;
        CloseMedia(leg);
        LeaveTrunk(leg);
        NoteDialog(leg);
        ForgetEarlyMedia(leg);
        if (leg.InviteClient is { HasProvisional: true } invite)
        {
            SendCancel(leg, invite, reason);
        }
        else
        {
            // RFC 3261 §9.1: it goes out with the first provisional response; seldom enough to be allocated.
            leg.CancelReason = reason.ToArray();
        }
    }

    /// <summary>Sends the CANCEL; without a final response the INVITE is given up after 64·T1 (RFC 3261 §9.1).</summary>
    private void SendCancel(Leg leg, ClientTransaction invite, ReadOnlySpan<byte> reason)
    {
        _transactions.SendCancel(invite, reason);
        _context.Wheel.Schedule(leg.OkTimer, _context.Now + _context.Timers.Timeout);
    }

    private void FailLeg(Leg leg, int status, int cause)
    {
        if (leg.State == LegState.Inviting)
        {
            leg.EndedBy = CallEndSide.Callee;
            leg.SipStatus = status;
            leg.Q850Cause = cause;
            leg.EndedAt = _context.WallClock;
        }

        leg.State = LegState.Ended;
        CloseMedia(leg);
        LeaveTrunk(leg);
        NoteDialog(leg);
    }
}
