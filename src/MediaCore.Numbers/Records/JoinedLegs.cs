using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Records;

/// <summary>Whose leg each is, and how it came into the call.</summary>
internal static class JoinedLegs
{
    // Records keep milliseconds, the service's clock more.
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(2);

    /// <summary>The legs of all calls, call by call.</summary>
    public static IReadOnlyList<JoinedLeg> Of(CallParts parts)
    {
        HashSet<string> agents = [.. parts.Queues.Select(static visit => visit.Account).OfType<string>()];
        List<JoinedLeg> legs = [];
        foreach (CallPart part in parts.Calls)
        {
            if (part.Record is not { } record)
            {
                continue;
            }

            CallStory story = CallStory.Read(part.Trace);
            Dictionary<string, (CallLinkKind Kind, string From)> transferred = Transferred(record);
            foreach (LegRecord leg in record.Legs)
            {
                // Who took somebody's place is what that one was.
                LegRecord? replaced = leg.Inbound && transferred.TryGetValue(leg.LegId, out (CallLinkKind Kind, string From) by) ? record.Legs.FirstOrDefault(one => one.LegId == by.From) : null;
                string role = RoleOf(part, replaced ?? leg, agents);
                (CallLinkKind kind, string from) = transferred.TryGetValue(leg.LegId, out (CallLinkKind Kind, string From) known) ? known
                    : role == "agent" ? (CallLinkKind.Queue, part.CallId)
                    : leg.Inbound ? (CallLinkKind.None, "")
                    : part.Link is CallLinkKind.Forward or CallLinkKind.Callback ? (part.Link, part.LinkedFrom ?? "")
                    : IsForward(story, leg) ? (CallLinkKind.Forward, part.CallId)
                    : (CallLinkKind.None, "");
                legs.Add(new JoinedLeg(part.CallId, leg, role, kind, from));
            }
        }

        return legs;
    }

    private static string RoleOf(CallPart part, LegRecord leg, HashSet<string> agents)
        => part.Link == CallLinkKind.Consult ? "consult"
        : !leg.Inbound && leg.Peer is { } peer && agents.Contains(peer) ? "agent"
        : leg.Inbound || part.Link == CallLinkKind.Callback ? "a"
        : "b";

    /// <summary>The legs that transfers have brought. A replacing one is named; one that was dialled is the last that was when somebody talked already.</summary>
    private static Dictionary<string, (CallLinkKind Kind, string From)> Transferred(CallRecord record)
    {
        Dictionary<string, (CallLinkKind Kind, string From)> found = new(StringComparer.Ordinal);
        foreach (TransferRecord transfer in record.Transfers)
        {
            if (transfer.Kind == TransferKind.Replaced)
            {
                found[transfer.To] = (CallLinkKind.TransferAttended, transfer.By);
                continue;
            }

            LegRecord? dialled = record.Legs.Where(leg => !leg.Inbound && leg.LegId != transfer.By && leg.InvitedAt <= transfer.At && !found.ContainsKey(leg.LegId)
                    && record.Legs.Any(other => other != leg && !other.Inbound && other.AnsweredAt <= leg.InvitedAt))
                .MaxBy(static leg => leg.InvitedAt);
            if (dialled is not null)
            {
                found[dialled.LegId] = (transfer.Kind == TransferKind.Attended ? CallLinkKind.TransferAttended : CallLinkKind.TransferBlind, transfer.By);
            }
        }

        return found;
    }

    /// <summary>Whether the last that the call came through before a leg was a forward, or it had been led on to another number by then.</summary>
    private static bool IsForward(CallStory story, LegRecord leg)
    {
        CallWaypoint[] before = [.. story.Path.Where(one => one.At <= leg.InvitedAt + s_slack)];
        return before is [.., { Kind: WaypointKinds.Forward or WaypointKinds.Accepted }] || before.Any(static one => one.Kind == WaypointKinds.Number);
    }
}
