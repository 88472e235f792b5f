using MediaCore.Audio.Prompts;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Hold by command (RFC 3264 §8.4): the leg gets an offer by which we send and want nothing, and hears music. All descriptions that it gets while it is held say the same, whoever causes them.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>Until the way is clear for the offer, it is looked again this often.</summary>
    private static readonly TimeSpan s_holdRetry = TimeSpan.FromMilliseconds(500);

    // For servers without music: who is held hears nothing, the other side included.
    private static readonly AudioClip s_silence = AudioClip.FromPcm(new short[AudioClip.SampleRateHz / 10]);

    private CommandReply HoldByCommand(Call call, Leg? named, CallCommand command, bool isHeld)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUnclaimed(call) ?? RefuseUnsettled(leg)) is { } refusal)
        {
            return refusal;
        }

        if (leg.Ties is { Hold: not null })
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg has not answered the last hold or resume; wait for the end of that command.");
        }

        if ((leg.Ties is { IsHeld: true }) == isHeld)
        {
            return Complete(call, command, leg);
        }

        LegTies ties = leg.Ties ??= new LegTies();
        OpenCommand open = Begin(call, command, leg);
        ties.IsHeld = isHeld;
        ties.Hold = open;
        leg.OwesOffer = true;
        OfferHold(leg);
        return Accept(open, call);
    }

    /// <summary>Sends the offer as soon as one may be made there.</summary>
    private void OfferHold(Leg leg)
    {
        Renegotiate(leg);
        if (leg is { OwesOffer: true, RetryTimer: null or { IsScheduled: false }, Ties.Hold: not null })
        {
            Retry(leg, isOffer: true, s_holdRetry);
        }
    }

    /// <summary>The leg has agreed to be held or resumed, or refuses; of an answer to another offer nothing is learnt.</summary>
    private void EndHold(Leg leg, int status)
    {
        if (leg.Ties is not { Hold: { } open, IsHoldOffered: true } ties)
        {
            return;
        }

        ties.Hold = null;
        ties.IsHoldOffered = false;
        if (status >= 300)
        {
            ties.IsHeld = !ties.IsHeld;
            Finish(leg.Call, open, CommandOutcome.Failed, $"The leg has refused the offer with {status}; it is as it was.", status, Q850.FromStatus(status));
            return;
        }

        SettleHold(leg);
        NoteHold(leg);
        Finish(leg.Call, open, CommandOutcome.Completed, status: status);
    }

    /// <summary>Who is held hears music, or nothing; afterwards what there is to be heard.</summary>
    private void SettleHold(Leg leg)
    {
        bool isHeld = leg.Ties is { IsHeld: true };
        if (!isHeld)
        {
            StopMusic(leg);
            SettleMusic(leg.Call);
            return;
        }

        if (leg.Media.Audio?.Source is null && (_context.Options.MusicOnHold == MusicOnHold.None ? s_silence : FindMusic(leg.Call)) is { } music)
        {
            StopPlayback(leg);
            _ = _media.Play(leg.Media, new ClipSource(music, ClipSource.Endless) { IsMusic = true }, SourceMode.Exclusive);
        }
    }

    /// <summary>The music that a held leg waits for has been fetched.</summary>
    private void SettleHolds(Call call)
    {
        if (call.Caller.Ties is { IsHeld: true })
        {
            SettleHold(call.Caller);
        }

        foreach (Leg leg in call.Callees)
        {
            if (leg.Ties is { IsHeld: true })
            {
                SettleHold(leg);
            }
        }
    }

    private void StopMusic(Leg leg)
    {
        if (leg.Media.Audio?.Source is ClipSource { IsMusic: true })
        {
            _ = _media.StopPlaying(leg.Media);
        }
    }

    /// <summary>What was negotiated with a leg that nobody of its own call talks with has changed.</summary>
    private void SettleAlone(Leg leg)
    {
        _audio.Renew(leg.Media);
        if (leg.Ties is { Bridge.Near: { } near })
        {
            SettleBridge(leg, near.Leg);
        }
    }

    /// <summary>Why nothing can be done with a leg's session; null when it can.</summary>
    private static CommandReply? RefuseUnsettled(Leg leg) =>
        leg.State != LegState.Answered || leg.IsNobody || leg.HungUp || leg.OwesBye ? Refuse(CommandStatus.FailedPrecondition, "The leg is not answered.")
        : leg.AwaitsAck || leg.ExpectsAnswerInAck || leg.OwesAckWithAnswer ? Refuse(CommandStatus.FailedPrecondition, "The leg's answer is not acknowledged yet; wait for the end of the command that answers it.")
        : leg.Media.Port is null || !leg.HasMedia ? Refuse(CommandStatus.FailedPrecondition, "The leg's media does not come by here.")
        : null;
}
