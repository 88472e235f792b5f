using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.MediaSessions.Conferences;

namespace MediaCore.Engine.Calls;

/// <summary>Conferences by command: any answered leg goes into a room, takes part as it is told, and comes out again.</summary>
internal sealed partial class BackToBackUserAgent
{
    private CommandReply JoinByCommand(Call call, Leg? named, ConferenceJoinCommand command)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUndecided(call) ?? RefuseTied(leg)) is { } refusal)
        {
            return refusal;
        }

        if (!ConferenceRoom.IsName(command.Room))
        {
            return Refuse(CommandStatus.InvalidArgument, $"\"{command.Room}\": {ConferenceRoom.Rule}.");
        }

        ConferenceResult result = _conferences.Join(leg.Media, command.Room, _context.Rooms.GetOptions(command.Room), command.Role);
        if (result != ConferenceResult.Joined)
        {
            return result switch
            {
                ConferenceResult.Full => Refuse(CommandStatus.ResourceExhausted, $"The room {command.Room} is full."),
                ConferenceResult.TooMany => Refuse(CommandStatus.ResourceExhausted, "The server has as many rooms as it may."),
                _ => Refuse(CommandStatus.FailedPrecondition, "The leg's sound cannot be decoded."),
            };
        }

        if (leg.IsCaller)
        {
            call.Conference = command.Room;
        }

        NoteConference(leg, command.Room, isIn: true);
        return Complete(call, command, leg);
    }

    private CommandReply LeaveByCommand(Call call, Leg? named, ConferenceLeaveCommand command)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUnclaimed(call) ?? RefuseOutside(leg)) is { } refusal)
        {
            return refusal;
        }

        string room = leg.Media.Audio!.Member!.Share.Conference.Name;
        CommandReply reply = Complete(call, command, leg);
        _ = _media.LeaveConference(leg.Media);
        NoteConference(leg, room, isIn: false);
        if (call.Control is not { Decides: true })
        {
            // Its plan had led it there, and to nowhere else.
            HangUpParty(leg);
        }

        return reply;
    }

    private CommandReply MuteInConference(Call call, Leg? named, ConferenceMuteCommand command)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUnclaimed(call) ?? RefuseOutside(leg)) is { } refusal)
        {
            return refusal;
        }

        if (command.Gain is not (>= 0 and <= 10))
        {
            return Refuse(CommandStatus.InvalidArgument, "gain is a factor of 0 to 10.");
        }

        _ = _media.Mute(leg.Media, (command.Direction & MuteDirection.In) != MuteDirection.None);
        _ = _media.Deafen(leg.Media, (command.Direction & MuteDirection.Out) != MuteDirection.None);
        _ = _media.SetGain(leg.Media, command.Gain);
        if (command.Role is { } role)
        {
            _ = _media.Assume(leg.Media, role);
        }

        return Complete(call, command, leg);
    }

    /// <summary>This shard's members of a room.</summary>
    internal IReadOnlyList<ConferenceMemberSnapshot> DescribeConference(string room)
    {
        List<ConferenceMemberSnapshot> members = [];
        foreach (ConferenceMember member in _conferences.GetMembers(room))
        {
            if (member.Party.Leg.Owner is Leg leg)
            {
                members.Add(new ConferenceMemberSnapshot(leg.Call.Id, GetLegId(leg), member.Role, member.Party.IsMuted, member.Mixer.IsDeaf, member.Mixer.Gain));
            }
        }

        return members;
    }

    private static CommandReply? RefuseOutside(Leg leg) =>
        leg.Media.Audio is not { Member: not null } ? Refuse(CommandStatus.FailedPrecondition, "The leg is in no conference.")
        : leg.Ties is { Bridge: not null } ? Refuse(CommandStatus.FailedPrecondition, "The leg is bridged with one of another call; unbridge it.")
        : null;

    private void NoteConference(Leg leg, string room, bool isIn)
    {
        if (WantsEvents)
        {
            Publish(leg.Call, new ConferenceChanged { LegId = GetLegId(leg), Room = room, IsIn = isIn, Members = _context.Rooms.Find(room)?.Members ?? 0 });
        }
    }
}
