using MediaCore.Audio.Prompts;
using MediaCore.Audio.Tones;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Prompts;
using MediaCore.Rtp.TelephoneEvents;

namespace MediaCore.Engine.Calls;

/// <summary>
/// What controllers play: per leg one playback that is heard and a queue behind it (<see cref="ControlledLeg"/>). Digits that are sent take their turn among them, since both go out by the leg's one source.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply PlayByCommand(Call call, Leg? leg, PlayCommand command) =>
        PlayByCommand(call, leg, command, command.Media, command.Rounds, command.ToBoth, command.Mixes, command.Interrupts);

    private CommandReply SayByCommand(Call call, Leg? leg, SayCommand command) =>
        PlayByCommand(call, leg, command, [new TextMedia(command.Text, command.Voice ?? command.Language)], command.Rounds, command.ToBoth, command.Mixes, command.Interrupts);

    private CommandReply PlayByCommand(Call call, Leg? leg, CallCommand command, IReadOnlyList<PlayMedia> media, int rounds, bool toBoth, bool mixes, PlayInterrupts interrupts)
    {
        leg ??= call.Caller;
        if ((RefuseSilent(leg) ?? CheckMedia(media, rounds)) is { } refusal)
        {
            return refusal;
        }

        ControlledLeg to = GetControl(call).GetLeg(leg);
        if (interrupts == PlayInterrupts.None && to.Waiting.Count >= ControlLimits.MaxWaitingPlays)
        {
            return Refuse(CommandStatus.ResourceExhausted, $"{ControlLimits.MaxWaitingPlays} playbacks of this leg wait; let some be heard, or interrupt them.");
        }

        PlayOperation play = Begin(call, new PlayOperation(command, leg));
        if (interrupts == PlayInterrupts.All && to.Gather is { } gather)
        {
            gather.Digits.Stop(GatherEnd.Stopped);
            SettleGather(to);
        }

        if (interrupts != PlayInterrupts.None)
        {
            StopSounds(to, CommandOutcome.Stopped);
        }

        Enqueue(new Playback(this, to, play, media, rounds) { ToBoth = toBoth, Mixes = mixes });
        return Accept(play, call);
    }

    private CommandReply SendDtmfByCommand(Call call, Leg? leg, SendDtmfCommand command)
    {
        leg ??= call.Connected ?? call.Caller;
        if (RefuseSilent(leg) is { } refusal)
        {
            return refusal;
        }

        if (command.Digits.Length is 0 or > DigitLimits.MaxWaiting || !command.Digits.All(static c => TelephoneEvent.TryFromDigit(c, out _))
            || !IsDigitTime(command.Duration) || !IsDigitTime(command.Gap))
        {
            return Refuse(CommandStatus.InvalidArgument, $"digits are 1 to {DigitLimits.MaxWaiting} of 0-9, *, #, A-D; duration and gap 100 ms to 5 s.");
        }

        ControlledLeg to = GetControl(call).GetLeg(leg);
        if (to.Waiting.Count >= ControlLimits.MaxWaitingPlays)
        {
            return Refuse(CommandStatus.ResourceExhausted, $"{ControlLimits.MaxWaitingPlays} playbacks of this leg wait; let some be heard, or stop them.");
        }

        OpenCommand open = Begin(call, command, leg);
        Enqueue(new Playback(this, to, open, [], rounds: 1) { Digits = command.Digits });
        return Accept(open, call);
    }

    private static bool IsDigitTime(TimeSpan time) => time >= TimeSpan.FromMilliseconds(DigitLimits.MinMilliseconds) && time <= TimeSpan.FromMilliseconds(DigitLimits.MaxMilliseconds);

    private CommandReply StopPlaybackByCommand(Call call, Leg? leg, StopPlaybackCommand command)
    {
        leg ??= call.Caller;
        ControlledLeg? to = call.Control?.FindLeg(leg);
        if (command.Playback is { } name && call.Control?.Find(name) is not { Leg: not null } || (command.Playback is null && (to is null || (to.IsQuiet && to.Gather is null))))
        {
            return Refuse(CommandStatus.FailedPrecondition, "Nothing of that is played (any more).");
        }

        if (command.Playback is { } playback)
        {
            OpenCommand open = call.Control!.Find(playback)!;
            to = call.Control.FindLeg(open.Leg!);
            if (to is null || open is not (PlayOperation or GatherOperation))
            {
                return Refuse(CommandStatus.FailedPrecondition, $"{playback} plays nothing.");
            }

            CommandReply reply = Complete(call, command, open.Leg);
            StopSounds(to, CommandOutcome.Stopped, of: open);
            if (ReferenceEquals(to.Gather, open))
            {
                to.Gather!.Digits.Stop(GatherEnd.Stopped);
                SettleGather(to);
            }

            return reply;
        }

        CommandReply all = Complete(call, command, leg);
        to!.Gather?.Digits.Stop(GatherEnd.Stopped);
        SettleGather(to);
        StopSounds(to, CommandOutcome.Stopped);
        return all;
    }

    /// <summary>Why nothing can be played to a leg now; null when it can.</summary>
    private static CommandReply? RefuseSilent(Leg leg) =>
        leg.Media.Port is null || leg.ForkOf is not null ? Refuse(CommandStatus.FailedPrecondition, "The leg's media does not come by here.")
        : leg is { State: LegState.Answered, AwaitsAck: false, ExpectsAnswerInAck: false, OwesAckWithAnswer: false } ? null
        : leg.IsCaller && leg is { State: LegState.Inviting, Pending: not { IsOutstanding: true } } && leg.Call.Control is { HasEarlySound: true } ? null
        : Refuse(CommandStatus.FailedPrecondition, "The leg cannot be played to before it is answered: answer it, or give it early media by progress, and wait for the end of that.");

    private static CommandReply? CheckMedia(IReadOnlyList<PlayMedia> media, int rounds)
    {
        if (media.Count is 0 or > ControlLimits.MaxPlayItems || rounds is < 0 or > ControlLimits.MaxRounds)
        {
            return Refuse(CommandStatus.InvalidArgument, $"A playback has 1 to {ControlLimits.MaxPlayItems} pieces, and 0 (until it is stopped) to {ControlLimits.MaxRounds} rounds.");
        }

        foreach (PlayMedia item in media)
        {
            bool isGood = item switch
            {
                FileMedia file => file.Path.Length is > 0 and <= PromptLimits.MaxPathCharacters,
                RecordedMedia recorded => recorded.Path.Length is > 0 and <= PromptLimits.MaxPathCharacters,
                TextMedia text => !string.IsNullOrWhiteSpace(text.Text) && text.Text.Length <= PromptLimits.MaxTextCharacters && text.Voice is null or { Length: <= PromptLimits.MaxVoiceCharacters },
                CountryToneMedia tone => IsSoundTime(tone.Duration),
                ToneMedia tone => IsSoundTime(tone.Duration),
                SilenceMedia silence => IsSoundTime(silence.Duration),
                _ => false,
            };
            if (!isGood)
            {
                return Refuse(CommandStatus.InvalidArgument, $"A file has a path, a text 1 to {PromptLimits.MaxTextCharacters} characters, a tone and silence 20 ms to {PromptLimits.MaxDuration.TotalMinutes:0} minutes.");
            }
        }

        return null;
    }

    private static bool IsSoundTime(TimeSpan time) => time >= TimeSpan.FromMilliseconds(20) && time <= PromptLimits.MaxDuration;

    private void Enqueue(Playback playback)
    {
        playback.To.Waiting.Enqueue(playback);
        if (playback.To.Current is null && !playback.To.NextTimer.IsScheduled)
        {
            PlayNext(playback.To);
        }
    }

    /// <summary>Begins what waits for a leg; where nothing does, a gather's time begins.</summary>
    internal void PlayNext(ControlledLeg to)
    {
        if (to.Current is not null || to.Leg.Call.State == CallState.Ended)
        {
            return;
        }

        while (to.Waiting.TryDequeue(out Playback? next))
        {
            if (!next.IsOver)
            {
                to.Current = next;
                StartItem(next);
                return;
            }
        }

        if (to.Leg.Ties is { IsHeld: true })
        {
            SettleHold(to.Leg);
        }

        if (to.Gather is { } gather)
        {
            gather.Digits.EndPrompt(_context.Now);
            SettleGather(to);
        }
    }

    private void StartItem(Playback playback)
    {
        if (playback.Digits.Length > 0)
        {
            SendDigits(playback);
            return;
        }

        switch (playback.Items[playback.Item])
        {
            case FileMedia file:
                StartPrompt(playback, PromptSource.FromFile(file.Path));
                break;
            case RecordedMedia recorded:
                StartPrompt(playback, PromptSource.FromRecording(recorded.Path));
                break;
            case TextMedia text:
                StartPrompt(playback, PromptSource.FromText(text.Text, text.Voice));
                break;
            case ToneMedia tone:
                StartSource(playback, new ToneSource(tone.Tone, tone.Duration), playback.ToBoth ? new ToneSource(tone.Tone, tone.Duration) : null);
                break;
            case CountryToneMedia tone when CountryTones.TryGet(_context.Options.Country, tone.Name, out Tone? known):
                StartSource(playback, new ToneSource(known, tone.Duration), playback.ToBoth ? new ToneSource(known, tone.Duration) : null);
                break;
            case SilenceMedia silence:
                StartSource(playback, new ToneSource(ToneSource.Silence, silence.Duration), playback.ToBoth ? new ToneSource(ToneSource.Silence, silence.Duration) : null);
                break;
            default:
                EndPlayback(playback, CommandOutcome.Failed, $"The tones of {_context.Options.Country} are not known.");
                break;
        }
    }

    private void StartPrompt(Playback playback, PromptSource prompt)
    {
        if (_context.Services.Prompts is not { } prompts)
        {
            EndPlayback(playback, CommandOutcome.Failed, "No prompts are configured.");
        }
        else if (prompts.TryGetCached(prompt, out AudioClip? clip))
        {
            StartClip(playback, clip);
        }
        else
        {
            _context.Output.FetchPrompt(new PromptFetch(prompt, playback.To.Leg.Call.Handle, playback));
        }
    }

    /// <summary>A prompt that a playback waits for is there, or will not come.</summary>
    internal void OnPromptFetched(PromptFetch fetch)
    {
        Playback playback = fetch.Playback;
        if (playback.IsOver || !_calls.TryGet(fetch.Call, out Call? call) || call.State == CallState.Ended || !ReferenceEquals(playback.To.Current, playback))
        {
            return;
        }

        if (fetch.Clip is { } clip)
        {
            StartClip(playback, clip);
        }
        else
        {
            CallLog.PromptFailed(_log, call.Id, fetch.Prompt.ToString(), fetch.Problem);
            EndPlayback(playback, CommandOutcome.Failed, fetch.Problem);
        }
    }

    private void StartClip(Playback playback, AudioClip clip)
    {
        // A single piece is repeated by its source, without a gap.
        int rounds = playback.Items.Count > 1 ? 1 : playback.Rounds == 0 ? ClipSource.Endless : playback.Rounds;
        StartSource(playback, new ClipSource(clip, rounds), playback.ToBoth ? new ClipSource(clip, rounds) : null);
    }

    private void StartSource(Playback playback, IAudioSource source, IAudioSource? otherSource)
    {
        Leg leg = playback.To.Leg;
        SourceMode mode = playback.Mixes ? SourceMode.Mixed : SourceMode.Exclusive;
        playback.Source = source;
        if (!_media.Play(leg.Media, source, mode, playback))
        {
            playback.Source = null;
            EndPlayback(playback, CommandOutcome.Failed, "The leg's peer takes no codec that the server has, or holds.");
            return;
        }

        if (otherSource is not null && leg.Media.Peer is { } other && _media.Play(other, otherSource, mode))
        {
            playback.OtherSource = otherSource;
        }

        NoteStarted(playback);
    }

    private void NoteStarted(Playback playback)
    {
        bool isFirst = !playback.HasStarted;
        if (isFirst)
        {
            playback.HasStarted = true;
            playback.StartedAt = _context.Now;
        }

        if (!WantsEvents || playback.Command is not { } command)
        {
            return;
        }

        Publish(playback.To.Leg.Call, isFirst
            ? new PlaybackStarted { LegId = command.LegId, CommandId = command.Command.CommandId }
            : new PlaybackProgress { LegId = command.LegId, CommandId = command.Command.CommandId, Item = playback.Item, Round = playback.Round });
    }

    /// <summary>A piece is no longer heard: it was heard to its end, or something else has taken its place.</summary>
    internal void OnSourceEnded(Playback playback, IAudioSource source, bool completed)
    {
        if (playback.IsOver || !ReferenceEquals(playback.Source, source))
        {
            return;
        }

        playback.Source = null;
        if (!completed)
        {
            EndPlayback(playback, playback.To.Leg.Media.Port is null ? CommandOutcome.HungUp : CommandOutcome.Stopped);
        }
        else if (playback.Item + 1 < playback.Items.Count)
        {
            playback.Item++;
            StartItem(playback);
        }
        else if ((playback.Items.Count > 1 || source is ToneSource) && (playback.Rounds == 0 || playback.Round < playback.Rounds))
        {
            playback.Item = 0;
            playback.Round++;
            StartItem(playback);
        }
        else
        {
            EndPlayback(playback, CommandOutcome.Completed);
        }
    }

    private void SendDigits(Playback playback)
    {
        var command = (SendDtmfCommand)playback.Command!.Command;
        Leg leg = playback.To.Leg;
        WatchDigits(leg);
        playback.HasStarted = true;
        if (!_media.SendDtmf(leg.Media, playback.Digits, (int)command.Duration.TotalMilliseconds, (int)command.Gap.TotalMilliseconds))
        {
            EndPlayback(playback, CommandOutcome.Failed, "The leg's peer can be sent no digits now.");
        }
    }

    /// <inheritdoc/>
    void IDigitListener.OnSent(MediaLeg leg, bool completed)
    {
        if (leg.Owner is Leg owner && owner.Call.Control?.FindLeg(owner) is { Current: { Digits.Length: > 0 } playback })
        {
            EndPlayback(playback, completed ? CommandOutcome.Completed : leg.Port is null ? CommandOutcome.HungUp : CommandOutcome.Stopped);
        }
    }

    /// <summary>A playback is over; what waits behind it begins in a turn of its own.</summary>
    private void EndPlayback(Playback playback, CommandOutcome outcome, string problem = "")
    {
        if (playback.IsOver)
        {
            return;
        }

        playback.IsOver = true;
        ControlledLeg to = playback.To;
        Call call = to.Leg.Call;
        StopSource(playback);
        if (ReferenceEquals(to.Current, playback))
        {
            to.Current = null;
            _context.Wheel.Schedule(to.NextTimer, _context.Now);
        }

        if (playback.Command is GatherOperation gather)
        {
            if (outcome == CommandOutcome.Failed && ReferenceEquals(to.Gather, gather))
            {
                CloseGather(to);
                Finish(call, gather, CommandOutcome.Failed, problem);
            }
        }
        else if (playback.Command is { } command)
        {
            if (command is PlayOperation play && playback.HasStarted)
            {
                play.Played = _context.Now - playback.StartedAt;
            }

            Finish(call, command, outcome, problem);
        }
    }

    private void StopSource(Playback playback)
    {
        MediaLeg media = playback.To.Leg.Media;
        if (playback.OtherSource is { } otherSource)
        {
            playback.OtherSource = null;
            if (media.Peer is { } other && ReferenceEquals(other.Audio?.Source, otherSource))
            {
                _ = _media.StopPlaying(other);
            }
        }

        IAudioSource? source = playback.Source;
        playback.Source = null;
        if (source is not null && ReferenceEquals(media.Audio?.Source, source))
        {
            _ = _media.StopPlaying(media);
        }

        if (playback.Digits.Length > 0)
        {
            _ = media.Digits?.Stop();
        }
    }

    /// <summary>Ends what is played to a leg and what waits: all of it, what belongs to a command, or what keeps the other side from being heard.</summary>
    private void StopSounds(ControlledLeg to, CommandOutcome outcome, OpenCommand? of = null, bool exceptMixed = false)
    {
        Playback[] waiting = [.. to.Waiting];
        if (to.Current is { } current && (of is null || ReferenceEquals(current.Command, of)) && !(exceptMixed && current.Mixes))
        {
            EndPlayback(current, outcome);
        }

        foreach (Playback playback in waiting)
        {
            if ((of is null || ReferenceEquals(playback.Command, of)) && !(exceptMixed && playback.Mixes))
            {
                EndPlayback(playback, outcome);
            }
        }

        to.ForgetOver();
    }

    /// <summary>What a dial plays in place of the country's tone begins.</summary>
    private void PlayRingback(Call call, PlayMedia media)
    {
        ControlledLeg to = GetControl(call).GetLeg(call.Caller);
        if (RefuseSilent(call.Caller) is null && to.IsQuiet)
        {
            Enqueue(new Playback(this, to, command: null, [media], rounds: 0));
        }
    }

    /// <summary>Ends what a dial plays while it rings.</summary>
    private void StopRingback(Call call)
    {
        if (call.Control?.FindLeg(call.Caller) is { Current: { Command: null } ringback })
        {
            EndPlayback(ringback, CommandOutcome.Stopped);
        }
    }

    /// <summary>A leg is over, and with it all that was played to it or waited for from it.</summary>
    private void EndControlledLeg(Leg leg)
    {
        if (leg.Call.Control?.FindLeg(leg) is not { } to)
        {
            return;
        }

        if (to.Gather is { } gather)
        {
            gather.Digits.Stop(GatherEnd.HungUp);
            SettleGather(to);
        }

        StopSounds(to, CommandOutcome.HungUp);
        _context.Wheel.Cancel(to.NextTimer);
        leg.Call.Control!.Forget(to);
    }
}
