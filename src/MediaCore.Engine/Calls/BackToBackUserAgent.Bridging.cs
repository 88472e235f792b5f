using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Digits;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Legs that hear each other by command (docs/adr/0026-bridging-calls.md). Two of one call are connected as a dial connects them. Two of different calls stay each in its own call, with its own controller, and nothing is said to their
/// phones: on one shard their media is connected, on two it meets in a room of our own. Whatever ends one side, the other is told and stays.
/// </summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>How long another shard's answer is waited for: it takes milliseconds, and longer only where its mailbox is full.</summary>
    private static readonly TimeSpan s_shardLimit = TimeSpan.FromSeconds(5);

    private static readonly ConferenceOptions s_bridgeRoom = new() { MaxMembers = 2, MaxTalkers = 2, Tones = false };

    private CommandReply BridgeByCommand(Call call, Leg? named, BridgeCommand command)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUndecided(call) ?? RefuseTied(leg)) is { } refusal)
        {
            return refusal;
        }

        if (!CallKey.TryMake(command.OtherCallId, out SessionKey key) || !_context.Sessions.TryGet(key, out SessionHandle handle))
        {
            return Refuse(CommandStatus.NotFound, $"There is no call {command.OtherCallId}, or it is over.");
        }

        string id = $"bridge:{_context.Identifiers.Next():x16}";
        if (handle.Shard != _context.Index)
        {
            return AskForBridge(call, leg, command, handle, id);
        }

        if (FindToBridge(command.OtherCallId, command.OtherLegId, call.Control!.Controller, out Leg? other) is { } problem)
        {
            return problem;
        }

        if (ReferenceEquals(leg, other))
        {
            return Refuse(CommandStatus.InvalidArgument, "A leg cannot be bridged with itself; other_leg_id names another.");
        }

        if (ReferenceEquals(other!.Call, call) && (leg.IsCaller || other.IsCaller))
        {
            Rejoin(leg.IsCaller ? other : leg);
            return Complete(call, command, leg);
        }

        var mine = new LegBridge(this, leg, id) { OtherCallId = other.Call.Id, OtherLegId = GetLegId(other), Other = other.Call.Handle };
        var theirs = new LegBridge(this, other, id) { OtherCallId = call.Id, OtherLegId = GetLegId(leg), Other = call.Handle, Near = mine };
        mine.Near = theirs;
        (leg.Ties ??= new LegTies()).Bridge = mine;
        (other.Ties ??= new LegTies()).Bridge = theirs;
        MediaLeg.Bridge(leg.Media, other.Media);
        SettleBridge(leg, other);
        NoteBridged(mine);
        NoteBridged(theirs);
        return Complete(call, command, leg);
    }

    /// <summary>The leg that another is to be bridged with, on this shard; else why it cannot be.</summary>
    private CommandReply? FindToBridge(string callId, string? legId, string? controller, out Leg? leg)
    {
        leg = null;
        if (FindCall(callId) is not { } call)
        {
            return Refuse(CommandStatus.NotFound, $"There is no call {callId}, or it is over.");
        }

        if (!TryFindLeg(call, legId, out leg))
        {
            return Refuse(CommandStatus.NotFound, $"The call has no leg {legId} (any more).");
        }

        leg ??= call.Caller;
        if (RefuseUndecided(call) is { } undecided)
        {
            return undecided with { Problem = $"The other call: {undecided.Problem}" };
        }

        if (call.Control!.Controller != controller)
        {
            return Refuse(CommandStatus.FailedPrecondition, "The other call has another controller.");
        }

        return RefuseTied(leg) is { } busy ? busy with { Problem = $"The other leg: {busy.Problem}" } : null;
    }

    /// <summary>Why a leg cannot be connected with another; null when it can.</summary>
    private static CommandReply? RefuseTied(Leg leg) =>
        RefuseUnsettled(leg)
        ?? (GetOther(leg) is not null ? Refuse(CommandStatus.FailedPrecondition, "The leg talks with another of its call; unbridge it first.")
        : leg.Ties is { Bridge: not null } ? Refuse(CommandStatus.FailedPrecondition, "The leg is bridged; unbridge it first.")
        : leg.Media.Audio is { Member: not null } ? Refuse(CommandStatus.FailedPrecondition, "The leg is in a conference; take it out first.")
        : leg.Call.Transfer is { IsOpen: true } || IsAnyInviting(leg.Call) ? Refuse(CommandStatus.FailedPrecondition, "The call dials; wait for the end of that command, or hang the leg up that rings.")
        : null);

    /// <summary>A leg that was parked talks with the caller of its call again.</summary>
    private void Rejoin(Leg parked)
    {
        Call call = parked.Call;
        parked.Ties!.IsParked = false;
        call.Connected = parked;
        MediaLeg.Bridge(call.Caller.Media, parked.Media);
        MapPayloadTypes(call.Caller, parked);
        ScheduleTalkTimers(call);
        TendSound(call);
        NoteBridged(call.Caller, call.Id, GetLegId(parked));
        NoteBridged(parked, call.Id, GetLegId(call.Caller));
    }

    private CommandReply UnbridgeByCommand(Call call, Leg? named, UnbridgeCommand command)
    {
        Leg leg = named ?? call.Caller;
        if (RefuseUndecided(call) is { } refusal)
        {
            return refusal;
        }

        if (leg.Ties is { Bridge: { } bridge })
        {
            CommandReply reply = Complete(call, command, leg);
            Unbridge(bridge, UnbridgeReason.Command, UnbridgeReason.Command, command.HangUpOther);
            return reply;
        }

        if (call.Connected is not { } connected || (!leg.IsCaller && !ReferenceEquals(leg, connected)))
        {
            return Refuse(CommandStatus.FailedPrecondition, "The leg talks with nobody.");
        }

        if (call.ReInviteFrom is not null || call.PassesMedia || call.Transfer is { IsOpen: true } || call.Caller.AwaitsAck || connected.AwaitsAck || IsOfferPending(call.Caller) || IsOfferPending(connected))
        {
            return Refuse(CommandStatus.FailedPrecondition, call.PassesMedia ? "The call's media does not come by here." : "The two are just agreeing on something, or are being transferred; try again in a moment.");
        }

        CommandReply done = Complete(call, command, leg);
        Park(connected);
        if (command.HangUpOther)
        {
            HangUpParty(leg.IsCaller ? connected : call.Caller);
        }

        return done;
    }

    /// <summary>Takes the two of a call apart: each is by itself.</summary>
    private void Park(Leg connected)
    {
        Call call = connected.Call;
        Leg caller = call.Caller;
        (connected.Ties ??= new LegTies()).IsParked = true;
        call.Connected = null;
        if (call.Control is { } control)
        {
            _context.Wheel.Cancel(control.TalkTimer);
        }

        Separate(caller, connected);
        KeepAgreed(caller);
        KeepAgreed(connected);
        NoteUnbridged(caller, call.Id, GetLegId(connected), UnbridgeReason.Command);
        NoteUnbridged(connected, call.Id, GetLegId(caller), UnbridgeReason.Command);
    }

    private void Separate(Leg one, Leg two)
    {
        MediaLeg.Separate(one.Media, two.Media);
        foreach (Leg leg in (ReadOnlySpan<Leg>)[one, two])
        {
            if (leg.Ties is not { IsHeld: true })
            {
                StopMusic(leg);
            }

            _audio.Relax(leg.Media);
        }
    }

    /// <summary>Hangs a leg up because another goes on without it: who is left has the caller's place from then on; with the last one the call ends.</summary>
    private void HangUpParty(Leg leg)
    {
        Call call = leg.Call;
        if (leg.IsCaller)
        {
            Leg? staying = call.Connected ?? call.Callees.Find(static callee => callee is { State: LegState.Answered, Ties.IsParked: true });
            if (staying is not { State: LegState.Answered } || call.Control is not { Decides: true })
            {
                EndByCommand(call, Q850.NormalClearing);
                return;
            }

            if (staying.Ties is { } ties)
            {
                ties.IsParked = false;
            }

            call.Connected = staying;
            call.SwapRoles();
            RememberStaying(call, staying);
            call.Identities = null;
        }

        PartFrom(leg, Q850.NormalClearing);
    }

    /// <summary>What two bridged legs of one shard have agreed on with us is joined: relayed where it is the same, transcoded where not.</summary>
    private void SettleBridge(Leg one, Leg two)
    {
        MapPayloadTypes(one, two);
        if (_context.Options.MusicOnHold != MusicOnHold.None)
        {
            SettleMusic(one.Call, one, two);
            SettleMusic(two.Call, two, one);
        }
    }

    /// <summary>Ends a bridge on both sides.</summary>
    private void Unbridge(LegBridge bridge, UnbridgeReason reason, UnbridgeReason otherReason, bool hangUpOther)
    {
        Leg leg = bridge.Leg;
        leg.Ties!.Bridge = null;
        _context.Wheel.Cancel(bridge.Limit);
        if (bridge.Near is not { } near)
        {
            EndRoom(bridge, reason);
            GoOnAlone(leg, hangsUp: false);
            _context.Outbox.PostReserved(bridge.Other.Shard, new BridgeEnd { Id = bridge.Id, To = bridge.Other, Reason = otherReason, HangsUp = hangUpOther });
            return;
        }

        Leg other = near.Leg;
        other.Ties!.Bridge = null;
        Separate(leg, other);
        NoteUnbridged(leg, bridge.OtherCallId, bridge.OtherLegId, reason);
        NoteUnbridged(other, near.OtherCallId, near.OtherLegId, otherReason);
        GoOnAlone(other, hangUpOther);
        GoOnAlone(leg, hangsUp: false);
    }

    /// <summary>A bridge has ended for a leg: it stays with its controller; where nobody decides any more it has nothing left to wait for.</summary>
    private void GoOnAlone(Leg leg, bool hangsUp)
    {
        if (leg.State == LegState.Answered && leg.Call.State == CallState.Answered && (hangsUp || leg.Call.Control is not { Decides: true }))
        {
            HangUpParty(leg);
        }
    }

    /// <summary>A leg is over, or goes where it cannot be bridged.</summary>
    private void LeaveBridge(Leg leg)
    {
        if (leg.Ties is { Bridge: { } bridge })
        {
            Unbridge(bridge, UnbridgeReason.Ended, UnbridgeReason.OtherEnded, hangUpOther: false);
        }
    }

    /// <summary>Nobody decides any more over legs that talk with nobody.</summary>
    private void DropParked(Call call)
    {
        for (int i = 0; i < call.Callees.Count; i++)
        {
            if (call.Callees[i] is { State: LegState.Answered, Ties: { IsParked: true, Bridge: null } } parked)
            {
                PartFrom(parked, Q850.NormalClearing);
            }
        }
    }

    private CommandReply AskForBridge(Call call, Leg leg, BridgeCommand command, SessionHandle other, string id)
    {
        var ask = new BridgeAsk
        {
            Id = id,
            Controller = call.Control!.Controller,
            From = call.Handle,
            FromCallId = call.Id,
            FromLegId = GetLegId(leg),
            To = other,
            ToCallId = command.OtherCallId,
            ToLegId = command.OtherLegId,
        };
        if (!_context.Outbox.TryReserve())
        {
            return Refuse(CommandStatus.ResourceExhausted, "The server has as many bridges as it may have.");
        }

        if (!_context.Outbox.TryPost(other.Shard, ask))
        {
            _context.Outbox.Release();
            return Refuse(CommandStatus.Unavailable, "The other call's shard has no room for more commands now; send it again in a moment.");
        }

        OpenCommand open = Begin(call, command, leg);
        var bridge = new LegBridge(this, leg, id) { OtherCallId = command.OtherCallId, OtherLegId = command.OtherLegId ?? "", Other = other, Command = open };
        (leg.Ties ??= new LegTies()).Bridge = bridge;
        _context.Wheel.Schedule(bridge.Limit, _context.Now + s_shardLimit);
        return Accept(open, call);
    }

    /// <summary>Another shard asks for a leg of ours: it goes into the room at once, and the other follows.</summary>
    internal void OnBridgeAsked(BridgeAsk ask)
    {
        CommandReply? problem = FindToBridge(ask.ToCallId, ask.ToLegId, ask.Controller, out Leg? leg);
        bool hasPlace = problem is null && _context.Outbox.TryReserve();
        if (problem is null && (!hasPlace || _conferences.Join(leg!.Media, ask.Id, s_bridgeRoom, ConferenceRole.Member) != ConferenceResult.Joined))
        {
            problem = Refuse(CommandStatus.FailedPrecondition, "The other leg's sound cannot be decoded, or the server has no room for more bridges.");
            if (hasPlace)
            {
                _context.Outbox.Release();
            }
        }

        var answer = new BridgeAnswer { Id = ask.Id, To = ask.From, OtherLegId = problem is null ? GetLegId(leg!) : "", Problem = problem?.Problem ?? "" };
        if (problem is null)
        {
            var bridge = new LegBridge(this, leg!, ask.Id) { OtherCallId = ask.FromCallId, OtherLegId = ask.FromLegId, Other = ask.From };
            (leg!.Ties ??= new LegTies()).Bridge = bridge;
            NoteBridged(bridge);
        }

        if (!_context.Outbox.Post(ask.From.Shard, answer) && problem is null && leg!.Ties is { Bridge: { } untold })
        {
            leg.Ties.Bridge = null;
            _context.Outbox.Release();
            EndRoom(untold, UnbridgeReason.Failed);
        }
    }

    internal void OnBridgeAnswered(BridgeAnswer answer)
    {
        if (FindBridge(answer.To, answer.Id) is not { Command: { } open } bridge)
        {
            return;
        }

        Leg leg = bridge.Leg;
        _context.Wheel.Cancel(bridge.Limit);
        bridge.Command = null;
        if (answer.Problem.Length > 0)
        {
            leg.Ties!.Bridge = null;
            _context.Outbox.Release();
            Finish(leg.Call, open, CommandOutcome.Failed, answer.Problem);
            return;
        }

        bridge.OtherLegId = answer.OtherLegId;
        if (_conferences.Join(leg.Media, bridge.Id, s_bridgeRoom, ConferenceRole.Member) != ConferenceResult.Joined)
        {
            Unbridge(bridge, UnbridgeReason.Failed, UnbridgeReason.Failed, hangUpOther: false);
            Finish(leg.Call, open, CommandOutcome.Failed, "The leg's sound cannot be decoded.");
            return;
        }

        NoteBridged(bridge);
        Finish(leg.Call, open, CommandOutcome.Completed);
    }

    internal void OnBridgeEnded(BridgeEnd end)
    {
        if (FindBridge(end.To, end.Id) is not { } bridge)
        {
            return;
        }

        Leg leg = bridge.Leg;
        leg.Ties!.Bridge = null;
        _context.Outbox.Release();
        _context.Wheel.Cancel(bridge.Limit);
        if (bridge.Command is { } open)
        {
            // It was over before we had heard that it had begun.
            bridge.Command = null;
            Finish(leg.Call, open, CommandOutcome.Failed, "The other leg is over.");
        }

        EndRoom(bridge, end.Reason);
        GoOnAlone(leg, end.HangsUp);
    }

    /// <summary>A digit that came as event or INFO goes to a bridged leg of another shard; as sound it goes with the sound, and on one shard from media to media.</summary>
    private void PassOverBridge(Leg leg, char digit, int milliseconds)
    {
        if (leg.Ties is { Bridge: { Near: null, Command: null } bridge })
        {
            _ = _context.Outbox.Post(bridge.Other.Shard, new BridgeDigit { Id = bridge.Id, To = bridge.Other, Digit = digit, Milliseconds = milliseconds });
        }
    }

    internal void OnBridgeDigit(BridgeDigit digit)
    {
        if (FindBridge(digit.To, digit.Id) is { } bridge)
        {
            _ = _media.SendDtmf(bridge.Leg.Media, [digit.Digit], digit.Milliseconds == 0 ? DigitLimits.DefaultMilliseconds : Math.Clamp(digit.Milliseconds, DigitLimits.MinMilliseconds, DigitLimits.MaxMilliseconds));
        }
    }

    internal void OnBridgeUnanswered(LegBridge bridge)
    {
        OpenCommand? open = bridge.Command;
        bridge.Command = null;
        Unbridge(bridge, UnbridgeReason.Failed, UnbridgeReason.Failed, hangUpOther: false);
        if (open is not null)
        {
            Finish(bridge.Leg.Call, open, CommandOutcome.Failed, "The other call's shard has not answered; try again.");
        }
    }

    /// <summary>This side of a bridge between two shards leaves the room.</summary>
    private void EndRoom(LegBridge bridge, UnbridgeReason reason)
    {
        Leg leg = bridge.Leg;
        if (leg.Media.Audio is { Member: not null })
        {
            _ = _media.LeaveConference(leg.Media);
            NoteUnbridged(leg, bridge.OtherCallId, bridge.OtherLegId, reason);
        }
        else if (bridge.Command is { } open)
        {
            bridge.Command = null;
            Finish(leg.Call, open, CommandOutcome.Stopped);
        }
    }

    private LegBridge? FindBridge(SessionHandle handle, string id)
    {
        if (!_calls.TryGet(handle, out Call? call))
        {
            return null;
        }

        if (call.Caller.Ties is { Bridge: { } bridge } && bridge.Id == id)
        {
            return bridge;
        }

        foreach (Leg leg in call.Callees)
        {
            if (leg.Ties is { Bridge: { } known } && known.Id == id)
            {
                return known;
            }
        }

        return null;
    }

    private void NoteBridged(LegBridge bridge) => NoteBridged(bridge.Leg, bridge.OtherCallId, bridge.OtherLegId);

    private void NoteBridged(Leg leg, string otherCallId, string otherLegId)
    {
        if (WantsEvents)
        {
            Publish(leg.Call, new Bridged { LegId = GetLegId(leg), OtherCallId = otherCallId, OtherLegId = otherLegId });
        }
    }

    private void NoteUnbridged(Leg leg, string otherCallId, string otherLegId, UnbridgeReason reason)
    {
        if (WantsEvents)
        {
            Publish(leg.Call, new Unbridged { LegId = GetLegId(leg), OtherCallId = otherCallId, OtherLegId = otherLegId, Reason = reason });
        }
    }
}
