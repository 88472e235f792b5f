using System.Text;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>Callees: they ring, answer, take what is asked within the call, and hang up where a scenario has it.</summary>
internal sealed partial class CallGenerator
{
    /// <summary>How long the two sides of a transferred call have each other before one hangs up.</summary>
    private static readonly TimeSpan s_transferredTalk = TimeSpan.FromMilliseconds(200);

    private void HandleAtCallee(in NetworkEndpoint source, Timestamp now)
    {
        if (_message.IsResponse)
        {
            HandleCalleeAnswer();
            return;
        }

        // In the dialog by our tag, before it by the number that was dialled.
        ReadOnlySpan<byte> tag = _message.ToTag;
        ReadOnlySpan<byte> uri = _message.RequestUri;
        LoadCall? call = tag.Length > 1 ? Find(tag[1..], out CallName name) : uri.StartsWith("sip:+1"u8) ? Find(uri["sip:+1".Length..], out name) : Find([], out name);
        CalleeLeg? leg = call is null ? null : name.Kind == CallName.Target ? call.Second : call.First;
        Span<byte> own = stackalloc byte[CallName.Length + 1];
        own[0] = (byte)'s';
        name.Write(own[1..]);
        switch (_message.Method)
        {
            case SipMethod.Ack:
                HandleAck(call, leg, now);
                break;
            case SipMethod.Invite when leg is null:
                Answer(404, own, source);
                break;
            case SipMethod.Invite when tag.IsEmpty:
                HandleInvite(call!, leg, own, source, now);
                break;
            case SipMethod.Invite or SipMethod.Update when leg is not null:
                HandleReinvite(call!, leg, own, source, now);
                break;
            case SipMethod.Cancel when leg is { Stage: CalleeStage.Ringing }:
                Answer(200, own, source);
                _wheel.Cancel(leg.Timer);
                leg.Answer.Set(leg.Refusal.Bytes);
                leg.IsRefused = true;
                SendAnswer(leg, now);
                break;
            case SipMethod.Bye:
                Answer(leg is null or { Stage: CalleeStage.Ended } ? 481 : 200, own, source);
                HandleByeAtCallee(call, leg);
                break;
            default:
                Answer(leg is null && _message.Method != SipMethod.Options ? 481 : 200, own, source);
                if (_message.Method == SipMethod.Message && call is not null)
                {
                    call.Held += now - _arrivedAt;
                }

                break;
        }
    }

    private void Answer(int status, ReadOnlySpan<byte> tag, in NetworkEndpoint destination) =>
        _callees.Queue(SipText.Response(_out, _message, status, tag, default, default), destination);

    private void HandleInvite(LoadCall call, CalleeLeg leg, ReadOnlySpan<byte> tag, in NetworkEndpoint source, Timestamp now)
    {
        leg.Peer = source;
        if (leg.Stage != CalleeStage.Idle)
        {
            // Sent again: it gets again what it got.
            _callees.Queue(leg.Stage == CalleeStage.Ringing ? SipText.Response(_out, _message, 180, tag, _calleeContact, default) : leg.Answer.Bytes, source);
            return;
        }

        leg.AskedAt = _arrivedAt;
        // Nobody speaks in a call without media, so nobody looks where to.
        byte opus = 0;
        if (call.Scenario.Media != MediaKind.None && !TryTakeOffer(call, leg, out opus))
        {
            Answer(488, tag, source);
            return;
        }

        ReadOnlySpan<byte> description = DescribeCallee(call, leg, opus, "sendrecv");
        leg.Answer.Set(SipText.Response(_out, _message, 200, tag, _calleeContact, description));
        if (call.Scenario.Steps[^1].Kind == StepKind.Cancel)
        {
            leg.Refusal.Set(SipText.Response(_out, _message, 487, tag, default, default));
        }

        if (call.Scenario.Transfers)
        {
            RememberDialog(leg, tag);
        }

        bool isEarly = call.Scenario.HasEarlyMedia && !leg.IsTarget;
        _callees.Queue(SipText.Response(_out, _message, isEarly ? 183 : 180, tag, _calleeContact, isEarly ? description : default), source, isFirst: true);
        leg.Stage = CalleeStage.Ringing;
        if (!call.Scenario.Answers)
        {
            return;
        }

        if (call.Scenario.Ring > TimeSpan.Zero && !leg.IsTarget)
        {
            _wheel.Schedule(leg.Timer, now + call.Scenario.Ring);
        }
        else
        {
            AnswerFirst(call, leg, now);
        }
    }

    private void AnswerFirst(LoadCall call, CalleeLeg leg, Timestamp now)
    {
        call.Held += now - leg.AskedAt;
        SendAnswer(leg, now);
    }

    private void RememberDialog(CalleeLeg leg, ReadOnlySpan<byte> tag)
    {
        _message.TryGetHeader(SipHeaderName.From, out ReadOnlySpan<byte> from);
        _message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        string target = _message.TryGetContact(out NameAddress contact) ? Encoding.UTF8.GetString(contact.Uri) : "";
        leg.Dialog = (target, $"{Encoding.UTF8.GetString(to)};tag={Encoding.ASCII.GetString(tag)}", Encoding.UTF8.GetString(from), Encoding.UTF8.GetString(_message.CallId));
    }

    private void HandleReinvite(LoadCall call, CalleeLeg leg, ReadOnlySpan<byte> tag, in NetworkEndpoint source, Timestamp now)
    {
        string direction = "sendrecv";
        byte opus = 0;
        if (!_message.Body.IsEmpty && !TryTakeOffer(call, leg, out opus, out direction))
        {
            Answer(488, tag, source);
            return;
        }

        leg.Peer = source;
        leg.Version++;
        ReadOnlySpan<byte> response = SipText.Response(_out, _message, 200, tag, _calleeContact, DescribeCallee(call, leg, opus, direction));
        if (_message.Method == SipMethod.Update)
        {
            _callees.Queue(response, source);
            return;
        }

        leg.Answer.Set(response);
        SendAnswer(leg, now);
    }

    private void SendAnswer(CalleeLeg leg, Timestamp now)
    {
        leg.Stage = CalleeStage.Answered;
        leg.Retransmissions = 0;
        _callees.Queue(leg.Answer.Bytes, leg.Peer);
        _wheel.Schedule(leg.Timer, now + s_t1);
    }

    private void HandleAck(LoadCall? call, CalleeLeg? leg, Timestamp now)
    {
        if (leg is { Stage: CalleeStage.Answered })
        {
            leg.Stage = leg.IsRefused ? CalleeStage.Ended : CalleeStage.Confirmed;
            _wheel.Cancel(leg.Timer);
            HangUpLater(call!, now);
            SucceedIfOver(call!);
        }
    }

    private void HandleByeAtCallee(LoadCall? call, CalleeLeg? leg)
    {
        if (leg is not null)
        {
            leg.Stage = CalleeStage.Ended;
            _wheel.Cancel(leg.Timer);
            SucceedIfOver(call!);
        }
    }

    /// <summary>The caller has left the call: it has succeeded once its callees know. One who was called by somebody that transferred the call hangs up by itself after a while.</summary>
    private void Leave(LoadCall call, Timestamp now)
    {
        SetStage(call, CallStage.Leaving);
        _wheel.Schedule(call.Timer, now + s_leavePatience);
        HangUpLater(call, now);
        SucceedIfOver(call);
    }

    /// <summary>The one who was called and then transferred hangs up when it has answered whatever it was asked meanwhile: a re-INVITE may still have no ACK.</summary>
    private void HangUpLater(LoadCall call, Timestamp now)
    {
        if (call is { Stage: CallStage.Leaving, IsTransferred: true, First.Stage: CalleeStage.Confirmed })
        {
            _wheel.Schedule(call.First.Timer, now + s_transferredTalk);
        }
    }

    private void SucceedIfOver(LoadCall call)
    {
        if (call.Stage == CallStage.Leaving && call.First.IsOver && call.Second.IsOver)
        {
            Succeed(call);
        }
    }

    private void HandleTimer(LoadCall call, CalleeLeg leg, Timestamp now)
    {
        switch (leg.Stage)
        {
            case CalleeStage.Ringing:
                AnswerFirst(call, leg, now);
                break;
            case CalleeStage.Confirmed when call.Stage == CallStage.Leaving:
                leg.Stage = CalleeStage.Ending;
                leg.Retransmissions = 0;
                SendCalleeBye(call, leg, now);
                break;
            case CalleeStage.Answered or CalleeStage.Ending when leg.Retransmissions >= MaxRetransmissions:
                Fail(call, leg.Stage == CalleeStage.Answered ? "the callee's answer got no ACK" : "the callee's BYE was not answered");
                break;
            case CalleeStage.Answered:
                leg.Retransmissions++;
                Totals.Retransmissions++;
                _callees.Queue(leg.Answer.Bytes, leg.Peer);
                _wheel.Schedule(leg.Timer, now + Interval(leg.Retransmissions));
                break;
            case CalleeStage.Ending:
                leg.Retransmissions++;
                Totals.Retransmissions++;
                SendCalleeBye(call, leg, now);
                break;
            default:
                break;
        }
    }

    private void SendCalleeBye(LoadCall call, CalleeLeg leg, Timestamp now)
    {
        _callees.Queue(WriteCalleeBye(call, leg), leg.Peer);
        _wheel.Schedule(leg.Timer, now + Interval(leg.Retransmissions));
    }

    private void HandleCalleeAnswer()
    {
        // The only request of a callee is its BYE.
        if (_message.StatusCode >= 200 && _message.FromTag is [_, .. ReadOnlySpan<byte> name] && Find(name, out _) is { First.Stage: CalleeStage.Ending } call)
        {
            call.First.Stage = CalleeStage.Ended;
            _wheel.Cancel(call.First.Timer);
            if (_message.StatusCode >= 300)
            {
                Fail(call, $"the callee's BYE was answered {_message.StatusCode}");
            }
            else
            {
                SucceedIfOver(call);
            }
        }
    }

    /// <summary>T1, doubled up to T2.</summary>
    private static TimeSpan Interval(int retransmissions) => s_t1 * Math.Min(1 << retransmissions, s_t2 / s_t1);
}
