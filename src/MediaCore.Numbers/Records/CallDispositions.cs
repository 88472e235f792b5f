using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Records;

/// <summary>
/// What came of a call. The first that holds:
/// <list type="number">
/// <item>a message was left and nobody talked: voicemail;</item>
/// <item>somebody talked: forwarded where the last who did was reached by a forward, else answered;</item>
/// <item>the server was gone in the middle of it: failed;</item>
/// <item>the caller left a queue by hanging up: abandoned;</item>
/// <item>a plan refused it: blocked (403, 607, 608), busy (486, 600) or rejected;</item>
/// <item>it was answered by the service alone: what became of whom it called last, and answered where it called nobody;</item>
/// <item>else by the reason that the engine ended it for.</item>
/// </list>
/// </summary>
internal static class CallDispositions
{
    /// <summary>Decides.</summary>
    /// <param name="record">The call that the others belong to.</param>
    /// <param name="story">What was decided for it.</param>
    /// <param name="talks">Legs by which somebody talked, in the order of their answers.</param>
    /// <param name="legs">All legs.</param>
    /// <param name="parts">All of it.</param>
    public static CallDisposition Of(CallRecord record, CallStory story, IReadOnlyList<JoinedLeg> talks, IReadOnlyList<JoinedLeg> legs, CallParts parts)
    {
        if (talks.Count > 0)
        {
            return talks[^1].Link == CallLinkKind.Forward ? CallDisposition.Forwarded : CallDisposition.Answered;
        }

        if (parts.Messages.Count > 0)
        {
            return CallDisposition.Voicemail;
        }

        if (record.Reason == CallEndReason.NodeFailure)
        {
            return CallDisposition.Failed;
        }

        // One that never left was ended by the server's own end.
        if (parts.Queues is [.., { State: QueueEntryState.Abandoned or QueueEntryState.Waiting or QueueEntryState.Offering }])
        {
            return CallDisposition.Abandoned;
        }

        if (story.Path.LastOrDefault() is { Kind: WaypointKinds.Reject, Name: var status } && int.TryParse(status, out int refused))
        {
            return OfStatus(refused, 0) is var disposition && disposition is CallDisposition.Failed or CallDisposition.NoAnswer ? CallDisposition.Rejected : disposition;
        }

        if (record.AnsweredAt is not null)
        {
            return LastAttempt(legs) is { } attempt ? OfStatus(attempt.Record.SipStatus, attempt.Record.Q850Cause) : CallDisposition.Answered;
        }

        return record.Reason switch
        {
            CallEndReason.Cancelled => CallDisposition.Cancelled,
            CallEndReason.Busy => CallDisposition.Busy,
            CallEndReason.NoAnswer => CallDisposition.NoAnswer,
            CallEndReason.Declined => OfStatus(record.SipStatus, record.Q850Cause) is CallDisposition.Blocked ? CallDisposition.Blocked : CallDisposition.Rejected,
            CallEndReason.Forbidden => CallDisposition.Blocked,
            CallEndReason.Redirected => CallDisposition.Forwarded,
            _ => CallDisposition.Failed,
        };
    }

    /// <summary>The last who was called and did not answer; null where there was none.</summary>
    public static JoinedLeg? LastAttempt(IReadOnlyList<JoinedLeg> legs) => legs.Where(static leg => !leg.Record.Inbound && leg.Record.AnsweredAt is null && leg.Role != "consult").MaxBy(static leg => leg.Record.EndedAt);

    private static CallDisposition OfStatus(int status, int cause) => status switch
    {
        403 or 607 or 608 => CallDisposition.Blocked,
        603 => CallDisposition.Rejected,
        486 or 600 => CallDisposition.Busy,
        408 or 487 => CallDisposition.NoAnswer,
        480 when cause == 19 => CallDisposition.NoAnswer,
        _ => CallDisposition.Failed,
    };
}
