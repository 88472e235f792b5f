using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Rtp.TelephoneEvents;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>Digits that controllers gather (<see cref="DigitGather"/>).</summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply GatherByCommand(Call call, Leg? leg, GatherCommand command)
    {
        leg ??= call.Caller;
        if ((RefuseUnclaimed(call) ?? RefuseSilent(leg) ?? CheckGather(command)) is { } refusal)
        {
            return refusal;
        }

        ControlledLeg to = GetControl(call).GetLeg(leg);
        if (to.Gather is { } other)
        {
            return Refuse(CommandStatus.FailedPrecondition, $"{other.Command.CommandId} gathers this leg's digits; wait for its end, or stop it.");
        }

        if (to.Waiting.Count >= ControlLimits.MaxWaitingPlays)
        {
            return Refuse(CommandStatus.ResourceExhausted, $"{ControlLimits.MaxWaitingPlays} playbacks of this leg wait; let some be heard, or stop them.");
        }

        GatherOperation gather = Begin(call, new GatherOperation(command, leg));
        to.Gather = gather;
        WatchDigits(leg);
        if (command.IsSensitive)
        {
            _media.MaskDigits(leg.Media, DigitMask.Silence);
        }

        if (command.Flush)
        {
            to.ForgetTyped();
        }

        // What is played already, or waits, is heard before the prompt, and is as good as a part of it.
        gather.Digits.Start(_context.Now, hasPrompt: command.Prompt.Count > 0 || !to.IsQuiet);
        while (gather.Digits.Wants && to.TryTakeTyped(out char digit))
        {
            gather.Digits.Take(digit, _context.Now);
        }

        if (command.Prompt.Count > 0 && !gather.Digits.Interrupts)
        {
            Enqueue(new Playback(this, to, gather, command.Prompt, rounds: 1));
        }

        SettleGather(to);
        return Accept(gather, call);
    }

    private static CommandReply? CheckGather(GatherCommand command) =>
        command.MaxDigits is < 1 or > ControlLimits.MaxGatheredDigits || command.MinDigits < 0 || command.MinDigits > command.MaxDigits
            ? Refuse(CommandStatus.InvalidArgument, $"max_digits is 1 to {ControlLimits.MaxGatheredDigits}, min_digits 0 to max_digits.")
        : command.Terminators.Length > 16 || !command.Terminators.All(static c => TelephoneEvent.TryFromDigit(c, out _))
            ? Refuse(CommandStatus.InvalidArgument, "terminators are digits: 0-9, *, #, A-D.")
        : !IsGatherTime(command.InitialTimeout) || !IsGatherTime(command.InterdigitTimeout) || (command.OverallTimeout != TimeSpan.Zero && !IsGatherTime(command.OverallTimeout))
            ? Refuse(CommandStatus.InvalidArgument, "The initial and the interdigit time are 100 ms to 10 min, the overall one too, or 0 for none.")
        : command.Prompt.Count > 0 ? CheckMedia(command.Prompt, rounds: 1)
        : null;

    private static bool IsGatherTime(TimeSpan time) => time >= TimeSpan.FromMilliseconds(100) && time <= ControlLimits.MaxGatherTime;

    /// <summary>A leg of a call that somebody controls has typed a digit.</summary>
    private void TakeDigit(Leg leg, ControlledCall control, char digit)
    {
        ControlledLeg to = control.GetLeg(leg);
        if (to.Gather is not { } gather || !gather.Digits.Take(digit, _context.Now))
        {
            to.Keep(digit);
            return;
        }

        SettleGather(to);
    }

    internal void OnGatherDeadline(ControlledLeg to)
    {
        to.Gather?.Digits.HandleDeadline(_context.Now);
        SettleGather(to);
    }

    /// <summary>After anything that a gather has heard of: its prompt ends where a digit has interrupted it, and it ends where it has its result.</summary>
    private void SettleGather(ControlledLeg to)
    {
        if (to.Gather is not { } gather)
        {
            return;
        }

        if (gather.Digits.Interrupts && !to.IsQuiet)
        {
            gather.Digits.EndPrompt(_context.Now);
            StopSounds(to, CommandOutcome.Barged);
        }

        if (!gather.Digits.IsEnded)
        {
            if (gather.Digits.NextDeadline == Timestamp.Never)
            {
                _context.Wheel.Cancel(to.GatherTimer);
            }
            else
            {
                _context.Wheel.Schedule(to.GatherTimer, gather.Digits.NextDeadline);
            }

            return;
        }

        CloseGather(to);
        StopSounds(to, CommandOutcome.Stopped, of: gather);
        Finish(to.Leg.Call, gather, gather.Digits.Reason switch
        {
            GatherEnd.Stopped => CommandOutcome.Stopped,
            GatherEnd.HungUp => CommandOutcome.HungUp,
            _ => CommandOutcome.Completed,
        });
    }

    private void CloseGather(ControlledLeg to)
    {
        if (to.Gather is { IsSensitive: true } && to.Leg.Media.Port is not null)
        {
            _media.MaskDigits(to.Leg.Media, DigitMask.None);
        }

        to.Gather = null;
        _context.Wheel.Cancel(to.GatherTimer);
    }

    /// <summary>Looks at a leg's digits from now on, as what was negotiated has them.</summary>
    private void WatchDigits(Leg leg)
    {
        if (leg.Media.Port is not null)
        {
            OpenDigits(leg.Media, GetDigitForm(leg), (leg.Trunk?.Detects ?? LineDetection.None) | LineDetection.Digits).Settle();
        }
    }

    /// <summary>Takes an INFO that is a digit of a caller who has nobody else to send it to; false: it is refused.</summary>
    private bool TryTakeLoneDigit(Leg leg, SipMessage request, in Flow flow)
    {
        if (request.Method != SipMethod.Info || leg.Call is not { Control.Controller: not null, State: not CallState.Ended } || leg.Media.Digits is not { } digits || !DigitInfo.TryRead(request, out DigitInfo info))
        {
            return false;
        }

        if (_transactions.Open(request, flow) is { } transaction)
        {
            _transactions.RespondEmpty(transaction, 200, leg.Dialog.LocalTag);
            digits.OnReceived(info.Digit, info.Milliseconds, DigitOrigin.Info, _context.Now);
        }

        return true;
    }
}
