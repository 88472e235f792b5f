using System.Diagnostics;
using System.Text;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>Callers: the steps of their scenarios, and what comes for them.</summary>
internal sealed partial class CallGenerator
{
    /// <summary>Timers B and F: a request without an answer for that long has failed (RFC 3261 §17.1).</summary>
    private const int MaxT1 = 64;

    /// <summary>Sent again so often, with pauses that double up to T2, an answer or BYE has waited for that long.</summary>
    private const int MaxRetransmissions = 10;

    /// <summary>How long an INVITE that rings may wait: longer than any callee here rings, so only one that nobody answers meets it.</summary>
    private static readonly TimeSpan s_ringingSpare = TimeSpan.FromSeconds(64);

    private static readonly TimeSpan s_digitSpare = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan s_transferPatience = TimeSpan.FromSeconds(64);

    /// <summary>Goes on to the next step.</summary>
    private void Next(LoadCall call, Timestamp now)
    {
        call.StepIndex++;
        if (call.StepIndex < call.Scenario.Steps.Count)
        {
            Perform(call, now);
        }
        else
        {
            Succeed(call);
        }
    }

    /// <summary>Does the step that the call is at.</summary>
    private void Perform(LoadCall call, Timestamp now)
    {
        ScenarioStep step = call.Step;
        if (step.Kind is StepKind.Hold or StepKind.Refer or StepKind.Bye && IsSending(call))
        {
            BeQuiet(call, now);
            return;
        }

        switch (step.Kind)
        {
            case StepKind.Talk:
                double factor = 1 + (step.Spread * ((2 * _random.NextDouble()) - 1));
                TimeSpan duration = _isEnding && call.IsAnswered ? s_shortest : step.Duration * factor;
                SetStage(call, CallStage.Talking);
                _wheel.Schedule(call.Timer, now + duration);
                break;
            case StepKind.Digits:
                call.CallerStream!.Press(step.Digits);
                SetStage(call, CallStage.Pressing);
                _wheel.Schedule(call.Timer, now + step.Longest + s_digitSpare);
                break;
            case StepKind.Invite:
                Ask(call, SipMethod.Invite, now);
                break;
            case StepKind.Hold or StepKind.Resume or StepKind.Reinvite:
                call.IsOnHold = step.Kind == StepKind.Hold || (step.Kind == StepKind.Reinvite && call.IsOnHold);
                call.Version++;
                Ask(call, SipMethod.Invite, now);
                break;
            case StepKind.Refer:
                Ask(call, SipMethod.Refer, now);
                break;
            case StepKind.Bye when call.IsLeft:
                Leave(call, now);
                break;
            case StepKind.Bye:
                Ask(call, SipMethod.Bye, now);
                break;
            case StepKind.Cancel:
                Cancel(call, now);
                break;
            case StepKind.Message:
                Ask(call, SipMethod.Message, now);
                break;
            case StepKind.Register when !TryTakeAccount(call):
                Fail(call, "no account was free (--accounts)");
                break;
            case StepKind.Register:
                Ask(call, SipMethod.Register, now);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private bool TryTakeAccount(LoadCall call)
    {
        for (int i = 0; i < Accounts.Length; i++)
        {
            LoadAccount account = Accounts[_nextAccount++ % Accounts.Length];
            if (!account.IsBusy)
            {
                account.IsBusy = true;

                // Each registration is challenged: that is the storm after a restart, when nobody's nonce is known any more.
                account.Credentials.Forget();
                call.Account = account;
                return true;
            }
        }

        return false;
    }

    private void Ask(LoadCall call, SipMethod method, Timestamp now)
    {
        call.CSeq = call.Account is { } account ? ++account.CSeq : call.CSeq + 1;
        Send(call, method, now);
    }

    private void Cancel(LoadCall call, Timestamp now)
    {
        // The same branch and number as its INVITE (RFC 3261 §9.1); the INVITE's own answer is waited for afterwards.
        Send(call, SipMethod.Cancel, now);
    }

    private void Send(LoadCall call, SipMethod method, Timestamp now)
    {
        call.Method = method;
        call.Retransmissions = 0;
        call.IsProceeding = false;
        call.AskedAt = now;
        call.Request.Set(WriteRequest(call, method));
        SetStage(call, CallStage.Asking);
        _callers.Queue(call.Request.Bytes, Server);
        _wheel.Schedule(call.Timer, now + s_t1);
    }

    private void HandleTimer(LoadCall call, Timestamp now)
    {
        switch (call.Stage)
        {
            case CallStage.Talking:
                Next(call, now);
                break;
            case CallStage.Quiet when _pump.Passes >= call.LastPass:
                Perform(call, now);
                break;
            case CallStage.Quiet:
                _wheel.Schedule(call.Timer, now + s_passTime);
                break;
            case CallStage.Pressing when call.CalleeStream!.HeardDigits == call.Step.Digits:
                Next(call, now);
                break;
            case CallStage.Pressing:
                Abandon(call, "the callee heard other digits");
                break;
            case CallStage.Transferring:
                Abandon(call, "the transfer was not concluded");
                break;
            case CallStage.Cancelling:
                Fail(call, "INVITE was not answered after its CANCEL");
                break;
            case CallStage.Leaving:
                Fail(call, "a callee was not told that the call is over");
                break;
            case CallStage.Asking:
                AskAgain(call, now);
                break;
            default:
                break;
        }
    }

    private void AskAgain(LoadCall call, Timestamp now)
    {
        if (call.IsProceeding && call.Method == SipMethod.Invite)
        {
            Abandon(call, "INVITE rang and was not answered");
            return;
        }

        TimeSpan interval = s_t1 * Math.Pow(2, call.Retransmissions + 1);
        if (now - call.AskedAt >= s_t1 * MaxT1)
        {
            Fail(call, $"{Name(call.Method)} was not answered");
            return;
        }

        call.Retransmissions++;
        Totals.Retransmissions++;
        _callers.Queue(call.Request.Bytes, Server);
        Timestamp giveUp = call.AskedAt + (s_t1 * MaxT1);
        _wheel.Schedule(call.Timer, Timestamp.Min(giveUp > now ? giveUp : now + s_t1, now + (call.Method == SipMethod.Invite || interval < s_t2 ? interval : s_t2)));
    }

    private void HandleAtCaller(in NetworkEndpoint source, Timestamp now)
    {
        ReadOnlySpan<byte> tag = _message.IsRequest ? _message.ToTag : _message.FromTag;
        LoadCall? call = tag.IsEmpty ? null : Find(tag[1..], out _);
        if (_message.IsRequest)
        {
            HandleRequestAtCaller(call, source, now);
            return;
        }

        if (call is null || !_message.TryGetCSeq(out CSeqHeader cseq))
        {
            Totals.Late++;
            return;
        }

        if (cseq.Method == SipMethod.Invite && _message.StatusCode >= 200)
        {
            // For each copy of the final response, whatever became of the call meanwhile (RFC 3261 §13.2.2.4, §17.1.1.3).
            Acknowledge(call, cseq.Number);
        }

        if (call.Stage == CallStage.Cancelling && cseq.Method == SipMethod.Invite && _message.StatusCode >= 200)
        {
            HandleCancelled(call, now);
        }
        else if (call.Stage == CallStage.Talking && call.Step.Kind == StepKind.Talk && !call.IsAnswered && cseq.Method == SipMethod.Invite && _message.StatusCode >= 200)
        {
            Fail(call, $"INVITE that was to ring was answered {_message.StatusCode}");
        }
        else if (call.Stage == CallStage.Asking && cseq.Method == call.Method && cseq.Number == call.CSeq)
        {
            HandleResponse(call, now);
        }
    }

    private void HandleResponse(LoadCall call, Timestamp now)
    {
        int status = _message.StatusCode;
        if (status < 200)
        {
            HandleProvisional(call, now);
        }
        else if (status is 401 && call.Method == SipMethod.Register && call.Account is { Credentials.HasChallenge: false } account)
        {
            if (TryTakeChallenge(account))
            {
                Timestamp asked = call.AskedAt;
                call.Held += now - _arrivedAt;
                Ask(call, SipMethod.Register, now);
                call.AskedAt = asked;
            }
            else
            {
                Fail(call, "the challenge could not be answered");
            }
        }
        else if (call.Method == SipMethod.Bye && call.IsTransferred && status == 481)
        {
            // After a transfer both may hang up at once; 481 is the answer to the one who was second.
            Leave(call, now);
        }
        else if (status >= 300)
        {
            Refuse(call, status);
        }
        else
        {
            HandleSuccess(call, now);
        }
    }

    private void Refuse(LoadCall call, int status)
    {
        Totals.Refused += status == 503 ? 1 : 0;
        string problem = $"{Name(call.Method)} was answered {status}";
        if (call.IsAnswered)
        {
            Abandon(call, problem);
        }
        else
        {
            Fail(call, problem);
        }
    }

    private void HandleProvisional(LoadCall call, Timestamp now)
    {
        call.IsProceeding = true;
        if (call.Method != SipMethod.Invite)
        {
            return;
        }

        _wheel.Schedule(call.Timer, call.AskedAt + call.Scenario.Ring + s_ringingSpare);
        if (_message.StatusCode == 100 || call.HasRung)
        {
            return;
        }

        call.HasRung = true;
        Ringing.Add((_arrivedAt - call.IntendedAt).Ticks * 100);
        if (call.Scenario.HasEarlyMedia)
        {
            HearEarly(call);
        }

        if (call.Stage == CallStage.Asking && call.Step.OnlyRinging)
        {
            Next(call, now);
        }
    }

    private void HandleSuccess(LoadCall call, Timestamp now)
    {
        bool isFirst = !call.IsAnswered && call.Method is SipMethod.Invite or SipMethod.Register or SipMethod.Message;
        if (isFirst)
        {
            TimeSpan setUp = _arrivedAt - call.IntendedAt;
            long nanoseconds = setUp.Ticks * 100;
            SetUp.Add(nanoseconds);
            OthersPart.Add((setUp - call.Held).Ticks * 100);
            call.Totals.SetUp.Add(nanoseconds);
            call.Begun.AddSetUp(nanoseconds);
            Totals.Answered++;
        }

        switch (call.Method)
        {
            case SipMethod.Invite:
                call.IsAnswered = true;
                if (TryTakeDescription(call, isFirst, out string problem))
                {
                    Next(call, now);
                }
                else
                {
                    Abandon(call, problem);
                }

                break;
            case SipMethod.Bye:
                TearDown.Add((_arrivedAt - call.AskedAt).Ticks * 100);
                Leave(call, now);
                break;
            case SipMethod.Cancel:
                SetStage(call, CallStage.Cancelling);
                _wheel.Schedule(call.Timer, now + (s_t1 * MaxT1));
                break;
            case SipMethod.Refer:
                SetStage(call, CallStage.Transferring);
                _wheel.Schedule(call.Timer, now + s_transferPatience);
                break;
            default:
                Next(call, now);
                break;
        }
    }

    private void HandleCancelled(LoadCall call, Timestamp now)
    {
        if (_message.StatusCode == 487)
        {
            Totals.Cancelled++;
            Leave(call, now);
        }
        else
        {
            Fail(call, $"INVITE was answered {_message.StatusCode} after its CANCEL");
        }
    }

    /// <summary>What the server asks of a caller in its dialog: a refresh or another description, a NOTIFY about a transfer, BYE.</summary>
    private void HandleRequestAtCaller(LoadCall? call, in NetworkEndpoint source, Timestamp now)
    {
        if (_message.Method == SipMethod.Ack)
        {
            return;
        }

        ReadOnlySpan<byte> description = call is not null && _message.Method is SipMethod.Invite or SipMethod.Update ? DescribeCaller(call!) : default;
        _callers.Queue(SipText.Response(_out, _message, call is null ? 481 : 200, "x"u8, description.IsEmpty ? default : _callerContact, description), source);
        if (call is null)
        {
            return;
        }

        if (_message.Method == SipMethod.Notify && call.Stage == CallStage.Transferring)
        {
            HandleTransferNews(call, now);
        }
        else if (_message.Method == SipMethod.Bye && call is { Scenario.Transfers: true, Step.Kind: StepKind.Refer or StepKind.Bye })
        {
            call.IsLeft = true;
        }
        else if (_message.Method == SipMethod.Bye)
        {
            Fail(call, "the server hung up");
        }
    }

    private void HandleTransferNews(LoadCall call, Timestamp now)
    {
        // message/sipfrag begins with the status line of the new call (RFC 3515 §2.4.5).
        ReadOnlySpan<byte> news = _message.Body;
        if (!news.StartsWith("SIP/2.0 "u8) || news.Length < 11 || news[8] == (byte)'1')
        {
            return;
        }

        if (news[8] == (byte)'2')
        {
            call.IsTransferred = true;
            Next(call, now);
        }
        else
        {
            Abandon(call, $"the transfer came to {Encoding.ASCII.GetString(news.Slice(8, 3))}");
        }
    }

    /// <summary>Fails a call that is up: it is hung up too, and not waited for.</summary>
    private void Abandon(LoadCall call, string problem)
    {
        if (call.IsAnswered)
        {
            call.CSeq++;
            _callers.Queue(WriteRequest(call, SipMethod.Bye), Server);
        }
        else if (call.IsProceeding)
        {
            _callers.Queue(WriteRequest(call, SipMethod.Cancel), Server);
        }

        Fail(call, problem);
    }

    private bool TryTakeChallenge(LoadAccount account)
    {
        int strongest = 0;
        for (int row = _message.FindRow(SipHeaderName.WwwAuthenticate, 0); row >= 0; row = _message.FindRow(SipHeaderName.WwwAuthenticate, row + 1))
        {
            if (DigestChallenge.TryParse(_message.GetHeaderValue(row), out DigestChallenge challenge) && DigestSession.GetStrength(challenge) is var strength && strength > strongest)
            {
                strongest = account.Credentials.TryTake(challenge) ? strength : strongest;
            }
        }

        return strongest > 0;
    }

    private static string Name(SipMethod method) => Encoding.ASCII.GetString(SipMethods.GetToken(method));
}
