using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>INFO and MESSAGE of a party that is bridged with one of another call: relayed as within a call, by the mailbox where that call is another shard's.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Whether a request may go over a bridge: what says something to the other party, not what changes a dialog or a subscription of a call.</summary>
    private static bool CrossesBridges(SipMethod method) => method is SipMethod.Info or SipMethod.Message;

    /// <summary>The leg of another call of this shard that a leg is bridged with and that a request can reach; null for none.</summary>
    private static Leg? GetBridged(Leg leg, SipMethod method) =>
        CrossesBridges(method) && leg is { HungUp: false, State: LegState.Answered, Ties.Bridge.Near.Leg: { HungUp: false, State: LegState.Answered } other } ? other : null;

    /// <summary>Passes a request on to the party of another shard; false where the leg is bridged with none.</summary>
    private bool TryRelayToShard(Leg leg, SipMessage request, in Flow flow)
    {
        if (!CrossesBridges(request.Method) || leg is not { HungUp: false, State: LegState.Answered, Ties: { Bridge: { Near: null, Command: null } bridge } ties })
        {
            return false;
        }

        if (!TryAdmitRelay(leg, request, flow, opened: null, out int hops) || _transactions.Open(request, flow) is not { } asked)
        {
            return true;
        }

        var headers = new SipWriter(_context.Scratch);
        WriteRelayedHeaders(ref headers, request, leg);
        if (headers.Overflowed)
        {
            // Without them the body could be read as something else.
            _transactions.RespondEmpty(asked, 513, leg.Dialog.LocalTag);
            return true;
        }

        uint number = ++ties.LastRequest;
        var sent = new BridgeRequest
        {
            Id = bridge.Id,
            To = bridge.Other,
            From = leg.Call.Handle,
            FromIndex = leg.Index,
            Number = number,
            Method = request.Method,
            MaxForwards = hops - 1,
            Headers = headers.Written.ToArray(),
            ContentType = request.TryGetHeader(SipHeaderName.ContentType, out ReadOnlySpan<byte> type) ? type.ToArray() : "application/octet-stream"u8.ToArray(),
            Body = request.Body.ToArray(),
        };
        if (!_context.Outbox.TryPost(bridge.Other.Shard, sent))
        {
            _transactions.RespondEmpty(asked, 500, leg.Dialog.LocalTag);
            return true;
        }

        var open = new BridgedRequest(this, leg, asked, request.Method, number);
        (ties.Requests ??= []).Add(open);
        leg.OpenRelays++;
        leg.OpenRequests++;
        _context.Wheel.Schedule(open.Deadline, _context.Now + GetRelayTime());
        return true;
    }

    /// <summary>A party of another shard asks one of ours.</summary>
    internal void OnBridgeRequest(BridgeRequest request)
    {
        if (FindBridge(request.To, request.Id) is not { Leg: { HungUp: false, State: LegState.Answered } leg })
        {
            TellBridged(request, 480);
            return;
        }

        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        if (_transactions.Open(request.Method, cseq, new BridgedDelivery(this, leg, request), leg.Flow, branch) is not { } transaction)
        {
            TellBridged(request, 503);
            return;
        }

        transaction.Trunk = leg.Trunk;
        SipWriter writer = BeginRequest(leg, request.Method, cseq, branch, request.MaxForwards, out int branchOffset);
        writer.Raw(request.Headers);
        FinishRequest(ref writer, leg, request.Method, request.ContentType, request.Body);
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
    }

    /// <summary>Tells the shard of the party that asked: the status, and of a response what <see cref="CopyExplanation"/> has of it.</summary>
    internal void TellBridged(BridgeRequest request, int status, Trunk? trunk = null, SipMessage? response = null)
    {
        byte[] explanation = [];
        if (response is not null && status == GetPassedStatus(status) && TryFilterInbound(trunk, ref response))
        {
            var writer = new SipWriter(_context.PartScratch);
            CopyExplanation(ref writer, response);
            explanation = writer.Overflowed ? [] : writer.Written.ToArray();
        }

        _ = _context.Outbox.Post(request.From.Shard, new BridgeResponse { To = request.From, ToIndex = request.FromIndex, Number = request.Number, Status = status, Explanation = explanation });
    }

    /// <summary>A party does not know its dialog any more, so there is no call (RFC 5057 §5.1).</summary>
    internal void OnBridgedDialogGone(Leg leg)
    {
        if (leg.Call.State == CallState.Answered)
        {
            End(leg.Call, CallEndReason.SignallingTimeout, CallEndSide.Server, Q850.TemporaryFailure);
        }
    }

    internal void OnBridgeResponse(BridgeResponse response)
    {
        if (!_calls.TryGet(response.To, out Call? call))
        {
            return;
        }

        if (call.Caller.Index == response.ToIndex)
        {
            AnswerBridged(call.Caller, response);
            return;
        }

        foreach (Leg leg in call.Callees)
        {
            if (leg.Index == response.ToIndex)
            {
                AnswerBridged(leg, response);
                return;
            }
        }
    }

    private void AnswerBridged(Leg leg, BridgeResponse response)
    {
        if (leg.Ties?.Requests?.Find(open => open.Number == response.Number) is { } request)
        {
            AnswerBridged(request, response.Status, response.Explanation);
        }
    }

    /// <summary>Answers the party that asked with the status of the other.</summary>
    internal void AnswerBridged(BridgedRequest request, int status, ReadOnlySpan<byte> explanation = default)
    {
        Leg leg = request.Leg;
        if (leg.Ties?.Requests?.Remove(request) != true)
        {
            return;
        }

        _context.Wheel.Cancel(request.Deadline);
        int passed = GetPassedStatus(status);
        SipWriter writer = request.Asked.BeginResponse(_context.Scratch, passed, leg.Dialog.LocalTag);
        writer.Raw(explanation);
        FinishResponse(ref writer, leg, request.Method, passed, 0);
        _transactions.Respond(request.Asked, passed, writer);
        leg.OpenRelays--;
        leg.OpenRequests--;
        Release(leg.Call);
    }
}
