using System.Text;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Reports;
using MediaCore.Engine.Signalling;
using MediaCore.Sdp;
using MediaCore.Sip.Messages;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Calls;

/// <summary>How calls end: the record first, then the signalling, then the memory.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Refuses the caller with a final status; every target still ringing is cancelled.</summary>
    private void EndUnanswered(Call call, int status, int cause, CallEndReason reason, CallEndSide side)
    {
        if (call.State != CallState.Setup)
        {
            if (call.State == CallState.Answered)
            {
                End(call, reason, side, cause);
            }

            return;
        }

        Leg caller = call.Caller;
        caller.SipStatus = status;
        caller.Q850Cause = cause;
        ReadOnlySpan<byte> passedReason = TakePassedReason();
        Leg? offerer = call.ReInviteFrom;
        call.Holds++;
        Conclude(call, reason, side, status, cause);
        if (offerer is not null)
        {
            RefuseOffer(offerer, 487);
        }

        if (caller.InviteServer is { } transaction)
        {
            SipWriter writer = transaction.BeginResponse(_context.Scratch, status, caller.Dialog.LocalTag);
            if (status is >= 300 and < 400)
            {
                writer.Raw(call.BestContacts);
            }

            if (status == 503)
            {
                writer.Header(SipHeaderName.RetryAfter, EngineLimits.RetryAfterSeconds);
            }

            if (call.BestReason.Length > 0 && status == call.BestStatus && cause == call.BestCause)
            {
                writer.Raw(call.BestReason);
            }
            else
            {
                TransactionLayer.WriteReason(ref writer, cause);
            }

            FinishResponse(ref writer, caller, SipMethod.Invite, status, 0);
            _transactions.Respond(transaction, status, writer);
        }

        HangUpCallees(call, cause, passedReason);
        call.Holds--;
        Release(call);
    }

    /// <summary>Ends an answered call on both sides.</summary>
    private void End(Call call, CallEndReason reason, CallEndSide side, int cause)
    {
        if (call.State == CallState.Ended)
        {
            return;
        }

        if (call.State == CallState.Setup)
        {
            EndUnanswered(call, 480, cause, reason, side);
            return;
        }

        ReadOnlySpan<byte> passedReason = TakePassedReason();
        Leg? reInviter = call.ReInviteFrom;
        call.Holds++;
        Conclude(call, reason, side, 200, cause);
        if (reInviter is not null)
        {
            RefuseOffer(reInviter, 487);
        }

        HangUp(call.Caller, cause, passedReason);
        HangUpCallees(call, cause, passedReason);
        call.Holds--;
        Release(call);
    }

    private void HangUpCallees(Call call, int cause, ReadOnlySpan<byte> passedReason)
    {
        ReadOnlySpan<byte> reasonValue = passedReason.IsEmpty ? default : passedReason["Reason: "u8.Length..^2];
        foreach (Leg leg in call.Callees)
        {
            if (leg.State == LegState.Inviting)
            {
                Cancel(leg, reasonValue);
            }
            else
            {
                HangUp(leg, cause, passedReason);
            }
        }
    }

    private void HangUp(Leg leg, int cause, ReadOnlySpan<byte> passedReason)
    {
        if (leg.State != LegState.Answered)
        {
            return;
        }

        if (leg.HungUp)
        {
            leg.State = LegState.Ended;
            leg.AwaitsAck = false;
            _context.Wheel.Cancel(leg.OkTimer);
        }
        else if (leg.AwaitsAck)
        {
            leg.OwesBye = true;
        }
        else
        {
            if (leg.OwesAckWithAnswer)
            {
                leg.OwesAckWithAnswer = false;
                SendAck(leg);
            }

            SendBye(leg, cause, passedReason);
        }

        LimitWait(leg);
    }

    /// <summary>A leg that is over may still be owed the final response to a re-INVITE (RFC 3261 §15.1.2); without one the call must not be kept for ever.</summary>
    private void LimitWait(Leg leg)
    {
        if (leg.State == LegState.Ended && leg.InviteClient is { HasFinal: false })
        {
            _context.Wheel.Schedule(leg.OkTimer, _context.Now + _context.Timers.Timeout);
        }
    }

    private ReadOnlySpan<byte> TakePassedReason()
    {
        int length = _passedReasonLength;
        _passedReasonLength = 0;
        return _passedReason.AsSpan(0, length);
    }

    /// <summary>The moment a call ends: its record is written, its media and timers are given back.</summary>
    private void Conclude(Call call, CallEndReason reason, CallEndSide side, int status, int cause)
    {
        StopStepTimers(call);
        if (call.Transfer is { } transfer)
        {
            _context.Wheel.Cancel(transfer.Timer);
            if (transfer.IsOpen)
            {
                Close(transfer, 487, TransferResult.Failed);
            }
        }

        _context.Wheel.Cancel(call.MaxRingingTimer);
        _context.Wheel.Cancel(call.DurationTimer);
        _context.Wheel.Cancel(call.MediaTimer);
        _context.Wheel.Cancel(call.ProvisionalTimer);
        StopLegTimers(call.Caller);
        foreach (Leg leg in call.Callees)
        {
            StopLegTimers(leg);
        }

        if (call.IsUnproven)
        {
            call.IsUnproven = false;
            UnprovenCalls--;
        }

        call.State = CallState.Ended;
        NoteDialogs(call);
        call.AwaitsPrompt = false;
        call.ReInviteFrom = null;
        ActiveCalls--;
        _context.Statistics.ActiveCalls = ActiveCalls;
        _context.Statistics.CallsEnded[(int)reason]++;
        EndRecordings(call, staying: null);
        EndTies(call);
        EndControl(call);
        CallRecord record = CreateRecord(call, reason, side, status, cause);
        CloseMedia(call.Caller);
        LeaveInbound(call);
        LeaveTrunk(call.Caller);
        foreach (Leg leg in call.Callees)
        {
            CloseMedia(leg);
            LeaveTrunk(leg);
        }

        _context.Services.CallRecords.Write(_context.Index, record);
        NoteEnded(call, record);
        CallLog.Ended(_log, GetLogLevel(reason), call.Id, reason, side, status, cause, record.Duration.TotalSeconds);
    }

    /// <summary>
    /// Calls that end as calls do are in their records; a line of log for each would be a seventh of a call's CPU and most of its allocations. What an
    /// operator may have to do something about is said.
    /// </summary>
    private static LogLevel GetLogLevel(CallEndReason reason) => reason switch
    {
        CallEndReason.MediaMismatch or CallEndReason.MediaTimeout or CallEndReason.NoAck or CallEndReason.SignallingTimeout or CallEndReason.MaxDuration
            or CallEndReason.NoResources or CallEndReason.Failed or CallEndReason.Shutdown => LogLevel.Information,
        _ => LogLevel.Debug,
    };

    // The list's own [] would be a new list for each call.
    private static IReadOnlyList<TransferRecord> NoTransfers => [];

    private CallRecord CreateRecord(Call call, CallEndReason reason, CallEndSide side, int status, int cause)
    {
        DateTimeOffset now = _context.WallClock;
        int count = call.Caller.IsNobody ? 0 : 1;
        foreach (Leg leg in call.Callees)
        {
            count += IsRecorded(leg) ? 1 : 0;
        }

        var legs = new LegRecord[count];
        int index = 0;
        if (!call.Caller.IsNobody)
        {
            legs[index++] = CreateLegRecord(call, call.Caller, now, side);
        }

        foreach (Leg leg in call.Callees)
        {
            if (IsRecorded(leg))
            {
                legs[index++] = CreateLegRecord(call, leg, now, side);
            }
        }

        if (call.Transfers is not null || call.Caller.Index != 0)
        {
            // Parties have changed places since, or were about to; the record lists them as they came.
            Array.Sort(legs, static (a, b) => a.LegId.Length != b.LegId.Length ? a.LegId.Length - b.LegId.Length : string.CompareOrdinal(a.LegId, b.LegId));
        }

        return new CallRecord
        {
            CallId = call.Id,
            StartedAt = call.Caller.InvitedAt,
            RingingAt = call.Caller.RingingAt,
            AnsweredAt = call.Caller.AnsweredAt,
            EndedAt = now,
            Caller = call.CallerIdentity,
            AssertedCaller = call.AssertedIdentity,
            Called = call.CalledIdentity,
            Number = call.FirstNumber ?? call.Plan.Number,
            InboundTrunk = call.InboundTrunk?.Name,
            OutboundTrunk = call.OutboundTrunk,
            Account = call.Account,
            OriginatedBy = call.Origination?.By,
            Conference = call.Conference,
            Variables = call.Control?.Variables,
            EndedBy = side,
            Reason = reason,
            SipStatus = status,
            Q850Cause = cause,
            Legs = legs,
            Transfers = call.Transfers ?? NoTransfers,
            Recordings = call.Recordings?.Describe() ?? [],
        };
    }

    /// <summary>A fork that only rang is part of its leg.</summary>
    private static bool IsRecorded(Leg leg) => (leg.ForkOf is null || leg.AnsweredAt is not null) && !leg.IsNobody;

    private void StopLegTimers(Leg leg)
    {
        StopReliable(leg);
        if (leg.SessionTimer is { } session)
        {
            StopSession(session);
        }

        if (leg.RetryTimer is { } retry)
        {
            _context.Wheel.Cancel(retry);
        }
    }

    private static LegRecord CreateLegRecord(Call call, Leg leg, DateTimeOffset now, CallEndSide side)
    {
        bool isOpen = leg.State is LegState.Inviting or LegState.Answered && leg.EndedBy == CallEndSide.None;
        CallEndSide endedBy = isOpen ? side : leg.EndedBy;
        ReadOnlySpan<byte> from = leg.IsInbound ? leg.Dialog.RemoteAddress : leg.Dialog.LocalAddress;
        ReadOnlySpan<byte> to = leg.IsInbound ? leg.Dialog.LocalAddress : leg.Dialog.RemoteAddress;
        return new LegRecord
        {
            LegId = $"{call.Id}-{leg.Index}",
            Inbound = leg.IsInbound,
            SipCallId = Clip(leg.Dialog.CallId),
            From = ClipUri(from),
            To = ClipUri(to),
            Peer = leg.Peer,
            RemoteAddress = leg.Flow.DescribeRemote(),
            InvitedAt = leg.InvitedAt,
            RingingAt = leg.RingingAt,
            AnsweredAt = leg.AnsweredAt,
            EndedAt = isOpen ? now : leg.EndedAt,
            EndedBy = endedBy,
            SipStatus = leg.SipStatus == 0 ? 487 : leg.SipStatus,
            Q850Cause = leg.Q850Cause == 0 ? Q850.NormalClearing : leg.Q850Cause,
            Codec = GetCodec(leg),
            Srtp = SrtpSuiteNames.Of(leg.Keys?.Suite ?? CryptoSuite.Unknown),
            HoldCount = leg.Hold.Count,
            HoldMilliseconds = (int)Math.Min(leg.Hold.Until(isOpen ? now : leg.EndedAt).TotalMilliseconds, int.MaxValue),
            Received = leg.Media.GetReceivedFigures(),
            Sent = leg.Media.GetSentFigures(),
            Sound = leg.Media.GetSoundFigures(),
            Quality = GetQuality(leg),
            Line = leg.Line?.ToRecord(),
        };
    }

    private static MediaQuality? GetQuality(Leg leg)
    {
        MediaQuality? quality = leg.Media.Reports?.GetQuality();
        if (quality is not null)
        {
            QualityMetrics.Record(quality, leg.Remote.Formats.Count > 0 ? leg.Remote.Formats[0].Codec : AudioCodec.Other);
        }

        return quality;
    }

    private static string? GetCodec(Leg leg)
    {
        if (!leg.HasMedia)
        {
            return null;
        }

        // What both descriptions have, in the order of the answer: to the caller it was ours, from the callee its own.
        AudioFormatList formats = leg.IsInbound ? leg.Formats : leg.Remote.Formats;
        AudioFormatList others = leg.IsInbound ? leg.Remote.Formats : leg.Formats;
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].IsVoice && (others.Count == 0 || others.TryFindSame(formats, i, out _)))
            {
                return (formats[i].Codec, formats[i].ClockRateHz) switch
                {
                    (AudioCodec.Pcmu, 8000) => "PCMU/8000",
                    (AudioCodec.Pcma, 8000) => "PCMA/8000",
                    _ => $"{Encoding.ASCII.GetString(formats.GetEncodingName(i))}/{formats[i].ClockRateHz}",
                };
            }
        }

        return null;
    }

    private static string ClipUri(ReadOnlySpan<byte> address)
    {
        int open = address.LastIndexOf((byte)'<');
        return Clip(open >= 0 && address[^1] == (byte)'>' ? address[(open + 1)..^1] : address);
    }

    /// <summary>Gives an ended call back once none of its requests is open.</summary>
    private void Release(Call call)
    {
        if (call.State != CallState.Ended || call.Holds > 0 || IsBusy(call.Caller))
        {
            return;
        }

        foreach (Leg leg in call.Callees)
        {
            if (IsBusy(leg))
            {
                return;
            }
        }

        Discard(call);
    }

    private static bool IsBusy(Leg leg) => leg.OpenRequests > 0 || leg.AwaitsAck;

    private void Discard(Call call)
    {
        if (call.Control is { } control)
        {
            SetController(control, null);
        }

        UnregisterId(call);
        Unregister(call, call.Caller);
        CloseMedia(call.Caller);
        LeaveInbound(call);
        LeaveTrunk(call.Caller);
        _context.Wheel.Cancel(call.Caller.OkTimer);
        foreach (Leg leg in call.Callees)
        {
            Unregister(call, leg);
            CloseMedia(leg);
            LeaveTrunk(leg);
            _context.Wheel.Cancel(leg.OkTimer);
        }

        _calls.Free(call.Handle);
        _context.Statistics.HeldCalls = _calls.Count;
        call.Clear();
        _pool.Return(call);
    }
}
