using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Requests within a call that are for the other party: INFO (RFC 6086), MESSAGE (RFC 3428), NOTIFY (RFC 6665), and REFER where the policy passes it. The other
/// party gets a request of our own dialog with it, with the same body and the few headers that give the body its meaning; its status comes back.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    private readonly byte[] _recvInfo = new byte[EngineLimits.MaxRecvInfoBytes];
    private int _recvInfoLength;

    /// <summary>Passes a request on to the other party, or says why that cannot be.</summary>
    /// <param name="leg">Who asks.</param>
    /// <param name="request">The request.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="opened">Its transaction, where it was kept for somebody's decision; null for one that has just come.</param>
    private void Relay(Leg leg, SipMessage request, in Flow flow, ServerTransaction? opened = null)
    {
        Leg? other = GetReachable(leg) ?? GetBridged(leg, request.Method);
        if (opened is not null && (other is null || request.Body.Length > EngineLimits.MaxRelayedBodyBytes || leg.OpenRelays >= EngineLimits.MaxRelaysPerLeg))
        {
            _transactions.RespondEmpty(opened, 480, leg.Dialog.LocalTag);
            return;
        }

        if (other is not null ? TryTakeDigit(leg, other, request, flow) : TryTakeLoneDigit(leg, request, flow))
        {
            return;
        }

        if (other is null)
        {
            if (!TryRelayToShard(leg, request, flow))
            {
                RefuseUnreachable(request, flow);
            }

            return;
        }

        if (!TryAdmitRelay(leg, request, flow, opened, out int maxForwards) || (opened ?? _transactions.Open(request, flow)) is not { } asked)
        {
            return;
        }

        asked.Leg = leg;
        var relay = new RelayedRequest(this, leg, other, asked, request.Method);
        ReopenFlow(other);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = other.Dialog.NextLocalCSeq();
        if (_transactions.Open(request.Method, cseq, relay, other.Flow, branch) is not { } transaction)
        {
            _transactions.RespondEmpty(asked, 503, default);
            return;
        }

        transaction.Trunk = other.Trunk;
        SipWriter writer = BeginRequest(other, request.Method, cseq, branch, Math.Max(0, maxForwards - 1), out int branchOffset);
        if (request.Method is SipMethod.Notify or SipMethod.Refer)
        {
            OurContact.Write(ref writer, other.Flow, _context.Index);
        }

        WriteRelayedHeaders(ref writer, request, other);
        FinishRequest(ref writer, other, request.Method, request.TryGetHeader(SipHeaderName.ContentType, out ReadOnlySpan<byte> type) ? type : "application/octet-stream"u8, request.Body);
        leg.OpenRelays++;
        leg.OpenRequests++;
        other.OpenRequests++;
        _context.Wheel.Schedule(relay.Deadline, _context.Now + GetRelayTime());
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>Whether a request that has just come may be passed on; false, and it is answered, when it is too large, one too many, or has no hop left.</summary>
    private bool TryAdmitRelay(Leg leg, SipMessage request, in Flow flow, ServerTransaction? opened, out int maxForwards)
    {
        maxForwards = request.TryGetMaxForwards(out int hops) ? Math.Min(hops, 255) : 70;
        if (opened is not null)
        {
            return true;
        }

        if (request.Body.Length > EngineLimits.MaxRelayedBodyBytes)
        {
            _transactions.RespondStateless(request, flow, 413, default);
            return false;
        }

        if (leg.OpenRelays >= EngineLimits.MaxRelaysPerLeg)
        {
            _transactions.RespondStateless(request, flow, 500, "Retry-After: 1\r\n"u8);
            return false;
        }

        if (maxForwards == 0)
        {
            _transactions.RespondStateless(request, flow, 483, default);
            return false;
        }

        return true;
    }

    /// <summary>Three quarters of what the asking party waits (timer F): it hears 504 from us rather than nothing.</summary>
    private TimeSpan GetRelayTime() => _context.Timers.Timeout * 0.75;

    /// <summary>The other party, where a request can reach it: both dialogs exist, neither is over.</summary>
    private static Leg? GetReachable(Leg leg)
    {
        Call call = leg.Call;
        if (call.State == CallState.Ended || leg.HungUp || leg.State is LegState.Cancelling or LegState.Ended)
        {
            return null;
        }

        Leg? other = leg.IsCaller ? call.Connected ?? call.EarlyMedia : call.Caller;
        bool isPair = leg.IsCaller || ReferenceEquals(call.Connected, leg) || ReferenceEquals(call.EarlyMedia, leg);
        bool exists = other is { HungUp: false, Dialog.RemoteTag.IsEmpty: false } && other.State is LegState.Answered or LegState.Inviting;

        // Before the answer the caller knows our dialog only from a provisional response with a tag (RFC 3261 §12.1.1).
        return isPair && exists && (call.State == CallState.Answered || call.ProvisionalSent > 100) ? other : null;
    }

    /// <summary>Nobody is connected yet, or the party is gone: the request is ours to answer.</summary>
    private void RefuseUnreachable(SipMessage request, in Flow flow)
    {
        if (request.Method == SipMethod.Info && request.TryGetHeader("Info-Package"u8, out _))
        {
            // RFC 6086 §4.2.2: no package is received here, which the empty Recv-Info says.
            _transactions.RespondStateless(request, flow, 469, "Recv-Info: \r\n"u8, "Bad Info Package"u8);
        }
        else if (request.Method == SipMethod.Info && request.Body.IsEmpty)
        {
            // An INFO without package and body is how older phones ask whether the dialog lives: there is nothing to refuse in it (RFC 6086 §4.2.2).
            _transactions.RespondStateless(request, flow, 200, default);
        }
        else
        {
            _transactions.RespondStateless(request, flow, request.Method == SipMethod.Notify ? 481 : 480, default);
        }
    }

    /// <summary>What says how the body is to be read; nothing that says who or where its sender is.</summary>
    private static void WriteRelayedHeaders(ref SipWriter writer, SipMessage request, Leg other)
    {
        for (int i = 0; i < request.HeaderCount; i++)
        {
            switch (request.GetHeaderName(i))
            {
                case SipHeaderName.ContentDisposition or SipHeaderName.ContentEncoding or SipHeaderName.ContentLanguage or SipHeaderName.RecvInfo
                    or SipHeaderName.SubscriptionState or SipHeaderName.Subject or SipHeaderName.Priority:
                    writer.CopyHeader(request, i);
                    break;
                case SipHeaderName.Event:
                    WriteEvent(ref writer, request.GetHeaderValue(i));
                    break;
                case SipHeaderName.ReferTo:
                    WriteReferTo(ref writer, request, other);
                    break;
                case SipHeaderName.Unknown when System.Text.Ascii.EqualsIgnoreCase(request.GetHeaderNameToken(i), "Info-Package"u8)
                    || System.Text.Ascii.EqualsIgnoreCase(request.GetHeaderNameToken(i), "Refer-Sub"u8):
                    writer.CopyHeader(request, i);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The event without its id: for "refer" that is a CSeq number (RFC 3515 §2.4.6), which is another on this side.</summary>
    private static void WriteEvent(ref SipWriter writer, ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)';');
        writer.Header(SipHeaderName.Event, end < 0 ? value : value[..end]);
    }

    /// <summary>Answers the asking party with the status of the other; nothing of the other's own but what the status needs to be understood.</summary>
    internal void OnRelayAnswered(RelayedRequest relay, SipMessage? response, int status)
    {
        _context.Wheel.Cancel(relay.Deadline);
        if (relay.Asked is not { } asked)
        {
            return;
        }

        relay.Asked = null;
        if (response is not null && relay.IsCurrent && !TryFilterInbound(relay.To.Trunk, ref response))
        {
            // Grown too large by the trunk's own rules: its status still counts.
            _context.Statistics.MalformedMessages++;
            response = null;
        }

        int passed = GetPassedStatus(status);
        if (relay.IsCurrent && asked.FinalStatus == 0)
        {
            relay.From.OpenRelays--;
            SipWriter writer = asked.BeginResponse(_context.Scratch, passed, relay.From.Dialog.LocalTag);
            if (response is not null && status == passed)
            {
                CopyExplanation(ref writer, response);
            }

            FinishResponse(ref writer, relay.From, relay.Method, passed, 0);
            _transactions.Respond(asked, passed, writer);
            if (status == 481 && relay.To.Call.State == CallState.Answered)
            {
                // The other party does not know the dialog any more, so there is no call (RFC 5057 §5.1).
                End(relay.To.Call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.TemporaryFailure);
            }
        }
    }

    /// <summary>The status for the asking party. A challenge is between the other party and us (AC-26); a redirection has nowhere to go; 408 is not for non-INVITE requests (RFC 4320 §4.2), and 503 would say that we are overloaded.</summary>
    private static int GetPassedStatus(int status) => status switch
    {
        401 or 407 => 403,
        >= 300 and < 400 => 480,
        408 => 504,
        503 => 500,
        _ => status,
    };

    /// <summary>The other party's transaction is over: the call no longer waits for it, nor that of the party it is bridged with.</summary>
    internal void OnRelayEnded(RelayedRequest relay)
    {
        OnRelayAnswered(relay, null, 504);
        if (relay.IsCurrent)
        {
            relay.From.OpenRequests--;
            relay.To.OpenRequests--;
            (Call from, Call to) = (relay.From.Call, relay.To.Call);
            Release(from);
            if (!ReferenceEquals(from, to))
            {
                Release(to);
            }
        }
    }

    private static void CopyExplanation(ref SipWriter writer, SipMessage response)
    {
        for (int i = 0; i < response.HeaderCount; i++)
        {
            if (response.GetHeaderName(i) is SipHeaderName.Accept or SipHeaderName.AcceptEncoding or SipHeaderName.AcceptLanguage or SipHeaderName.RecvInfo
                or SipHeaderName.AllowEvents or SipHeaderName.RetryAfter)
            {
                writer.CopyHeader(response, i);
            }
        }
    }

    /// <summary>Keeps the info packages that the called side takes, for the 2xx to the caller (RFC 6086 §5.2.2).</summary>
    private void RememberRecvInfo(SipMessage response)
    {
        var writer = new SipWriter(_recvInfo);
        writer.CopyHeaders(response, SipHeaderName.RecvInfo);
        _recvInfoLength = writer.Overflowed ? 0 : writer.Length;
    }

    private ReadOnlySpan<byte> TakeRecvInfo()
    {
        int length = _recvInfoLength;
        _recvInfoLength = 0;
        return _recvInfo.AsSpan(0, length);
    }
}
