using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>
/// What is known of a call in progress, from its events and decisions: enough for a record, should the server be gone before the call ends. Shards and workers change it, the journal's task reads it; each holds the lock for as long as it takes to copy some fields.
/// </summary>
internal sealed class BegunCall(string callId)
{
    private readonly Lock _gate = new();
    private readonly List<LegRecord> _legs = [];
    private readonly List<RecordingInfo> _recordings = [];
    private readonly Dictionary<Guid, CompletedCall> _decisions = [];
    private CallRecord _call = new() { CallId = callId, SipStatus = 0 };
    private DateTimeOffset _changedAt;
    private bool _isWaiting;
    private bool _isWritten;
    private bool _isOver;

    /// <summary>Takes an event of the call; true when it is to be written, and is not waiting for that yet.</summary>
    public bool Take(CallEvent callEvent)
    {
        lock (_gate)
        {
            _changedAt = callEvent.At;
            return Apply(callEvent) && Wait();
        }
    }

    /// <summary>Takes what was decided so far for one tenant; true when that is to be written, and is not waiting for it yet.</summary>
    public bool Take(CompletedCall decisions)
    {
        lock (_gate)
        {
            _decisions[decisions.Facts.TenantId] = decisions;
            return Wait();
        }
    }

    /// <summary>The call is over, and has its record.</summary>
    /// <returns>Whether a line was written of it.</returns>
    public bool End()
    {
        lock (_gate)
        {
            _isOver = true;
            return _isWritten;
        }
    }

    /// <summary>What is known now, for its line; null for a call that is over.</summary>
    public (CallRecord Record, CompletedCall[] Decisions)? Read()
    {
        lock (_gate)
        {
            _isWaiting = false;
            _isWritten |= !_isOver;
            return _isOver ? null : (_call with { EndedAt = _changedAt, Legs = [.. _legs], Recordings = [.. _recordings] }, [.. _decisions.Values]);
        }
    }

    private bool Wait()
    {
        if (_isWaiting || _isOver)
        {
            return false;
        }

        _isWaiting = true;
        return true;
    }

    private bool Apply(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallCreated created:
                _call = _call with { StartedAt = created.At, Caller = created.Caller, Called = created.Called, Account = created.Account, InboundTrunk = created.InboundTrunk, OriginatedBy = created.Controller };
                if (created.Controller is null)
                {
                    _legs.Add(new LegRecord { LegId = callId + "-0", Inbound = true, Peer = created.Account ?? created.InboundTrunk, RemoteAddress = created.Source, SipCallId = created.SipCallId, InvitedAt = created.At });
                }

                return true;
            case CallOffered offer:
                _call = _call with { Number = _call.Number ?? offer.Number, AssertedCaller = offer.AssertedCaller };
                return true;
            case LegChanged { LegId: { } leg } changed:
                Note(leg, changed);
                return true;
            case RecordingChanged { Stage: RecordingStage.Started } recording when _recordings.Count < CallRecordLimits.MaxRecordings:
                _recordings.Add(recording.Recording);
                return true;
            case ConferenceChanged { IsIn: true } conference:
                _call = _call with { Conference = conference.Room };
                return true;
            default:
                return false;
        }
    }

    private void Note(string legId, LegChanged changed)
    {
        int index = _legs.FindIndex(leg => leg.LegId == legId);
        if (index < 0)
        {
            if (_legs.Count >= CallRecordLimits.MaxLegs)
            {
                return;
            }

            index = _legs.Count;
            _legs.Add(new LegRecord { LegId = legId, Inbound = changed.IsInbound, Peer = changed.Peer, InvitedAt = changed.At });
        }

        LegRecord known = _legs[index];
        _legs[index] = changed.Phase switch
        {
            LegPhase.Ringing or LegPhase.Early => known with { RingingAt = known.RingingAt ?? changed.At },
            LegPhase.Answered => known with { AnsweredAt = known.AnsweredAt ?? changed.At, SipStatus = 200 },
            LegPhase.Ended => known with { EndedAt = changed.At, SipStatus = changed.SipStatus, Q850Cause = changed.Q850Cause },
            _ => known,
        };
        if (legId == callId + "-0")
        {
            _call = _call with { RingingAt = _legs[index].RingingAt, AnsweredAt = _legs[index].AnsweredAt, SipStatus = _legs[index].AnsweredAt is null ? 0 : 200 };
        }
        else if (changed is { PeerIsTrunk: true, IsInbound: false })
        {
            _call = _call with { OutboundTrunk = changed.Peer };
        }
    }
}
