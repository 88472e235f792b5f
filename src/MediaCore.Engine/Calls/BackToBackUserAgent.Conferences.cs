using MediaCore.Engine.CallRecords;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;

namespace MediaCore.Engine.Calls;

/// <summary>Calls that lead into a conference: the caller is answered and is a member until he hangs up.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>A room that is full is a busy target.</summary>
    private bool IsFull(string room)
    {
        bool isFull = _context.Rooms.Find(room) is { } conference && conference.Members >= conference.Options.MaxMembers;
        _conferences.Statistics.Refused += isFull ? 1 : 0;
        return isFull;
    }

    /// <summary>Answers the caller if need be and takes him into the room.</summary>
    private void StartConference(Call call, ConferenceStep step)
    {
        call.PendingRoom = (step.Room, _context.Rooms.GetOptions(step.Room));
        Leg caller = call.Caller;
        if (call.State == CallState.Setup && caller.Pending is { IsOutstanding: true, HasBody: true } pending)
        {
            // RFC 3262 §3: no 2xx before the PRACK of a response with SDP.
            pending.OwesAnswer = true;
            return;
        }

        AnswerForRoom(call);
    }

    private void AnswerForRoom(Call call)
    {
        if (call.State == CallState.Setup && !AnswerByUs(call))
        {
            EndUnanswered(call, 488, 88, CallEndReason.MediaMismatch, CallEndSide.Server);
            return;
        }

        // As for prompts: not before the ACK, which says where the caller's sound may be sent.
        if (call.Caller is { AwaitsAck: false, ExpectsAnswerInAck: false })
        {
            JoinPendingRoom(call);
        }
    }

    private void JoinPendingRoom(Call call)
    {
        if (call.PendingRoom is not var (room, options))
        {
            return;
        }

        call.PendingRoom = null;
        StopPlayback(call.Caller);
        switch (_conferences.Join(call.Caller.Media, room, options, ConferenceRole.Member))
        {
            case ConferenceResult.Joined or ConferenceResult.AlreadyIn:
                call.Conference = room;
                break;
            case ConferenceResult.NoMedia:
                End(call, CallEndReason.MediaMismatch, CallEndSide.Server, 88);
                break;
            default:
                // Somebody else took the last place while this caller was being answered.
                End(call, CallEndReason.NoResources, CallEndSide.Server, Q850.TemporaryFailure);
                break;
        }
    }
}
