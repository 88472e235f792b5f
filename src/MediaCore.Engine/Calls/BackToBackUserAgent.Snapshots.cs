using MediaCore.Engine.Control;

namespace MediaCore.Engine.Calls;

/// <summary>Calls as they are now, for whoever controls or watches them.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>A call; null when there is none (any more).</summary>
    internal CallSnapshot? Describe(string callId) => FindCall(callId) is { } call ? Describe(call) : null;

    /// <summary>The first calls of this shard that a filter wants, in the order of their identifiers. Looks at each call once and keeps no more than are wanted, so that a page of many calls delays none.</summary>
    internal IReadOnlyList<CallSnapshot> Describe(CallFilter filter, int max)
    {
        var found = new List<Call>(Math.Min(max, ActiveCalls));
        for (int slot = 0; slot < _calls.HighWater; slot++)
        {
            if (_calls.TryGetAt(slot, out Call? call) && call.State != CallState.Ended && (found.Count < max || string.CompareOrdinal(call.Id, found[^1].Id) < 0) && IsWanted(call, filter))
            {
                int place = found.BinarySearch(call, s_byId);
                found.Insert(place < 0 ? ~place : place, call);
                if (found.Count > max)
                {
                    found.RemoveAt(max);
                }
            }
        }

        return [.. found.Select(Describe)];
    }

    private static readonly Comparer<Call> s_byId = Comparer<Call>.Create(static (a, b) => string.CompareOrdinal(a.Id, b.Id));

    private static bool IsWanted(Call call, CallFilter filter) =>
        (filter.After is not { } after || string.CompareOrdinal(call.Id, after) > 0)
        && (filter.Application is not { } application || call.Control?.Application == application)
        && (filter.Controller is not { } controller || call.Control?.Controller == controller)
        && (filter.Account is not { } account || HasPeer(call, account, isTrunk: false))
        && (filter.Trunk is not { } trunk || HasPeer(call, trunk, isTrunk: true));

    private static bool HasPeer(Call call, string peer, bool isTrunk)
    {
        bool has = call.Caller.Peer == peer && call.Caller.PeerIsTrunk == isTrunk;
        foreach (Leg leg in call.Callees)
        {
            has |= leg.Peer == peer && leg.PeerIsTrunk == isTrunk && leg.State is LegState.Inviting or LegState.Answered;
        }

        return has;
    }

    private static CallSnapshot Describe(Call call)
    {
        var snapshot = new CallSnapshot
        {
            CallId = call.Id,
            Sequence = call.EventSequence,
            Phase = call.Control is { IsOffered: true } ? CallPhase.Offered : call.State == CallState.Answered ? CallPhase.Answered : CallPhase.Setup,
            Caller = call.CallerIdentity,
            Called = call.CalledIdentity,
            Number = call.Plan.Number,
            Account = call.Account,
            InboundTrunk = call.InboundTrunk?.Name,
            IsOriginated = call.Origination is not null,
            Source = call.Caller.Index == 0 && call.Origination is null ? call.Caller.Flow.DescribeRemote() : "",
            Route = call.Plan.Route,
            StartedAt = call.Caller.InvitedAt,
            AnsweredAt = call.Caller.AnsweredAt,
            Conference = call.Conference,
            Legs = DescribeLegs(call),
        };
        return call.Control is not { } control ? snapshot : snapshot with
        {
            Application = control.Application,
            Headers = control.Headers,
            Controller = control.Controller,
            Epoch = control.Epoch,
            Variables = control.Variables is { } variables ? new Dictionary<string, string>(variables, StringComparer.Ordinal) : snapshot.Variables,
            OpenCommands = [.. control.Open.Select(static open => open.Command.CommandId)],
        };
    }

    private static LegSnapshot[] DescribeLegs(Call call)
    {
        List<Leg> legs = [call.Caller, .. call.Callees];
        legs.RemoveAll(static leg => leg.IsNobody || leg.State is not (LegState.Inviting or LegState.Answered) || (leg.IsFork && leg.AnsweredAt is null));
        legs.Sort(static (a, b) => a.Index - b.Index);
        return [.. legs.Select(leg => new LegSnapshot(GetLegId(leg), GetPhase(leg), leg.IsInbound)
        {
            Peer = leg.Peer,
            PeerIsTrunk = leg.PeerIsTrunk,
            IsConnected = call.Connected is not null && (leg.IsCaller || ReferenceEquals(call.Connected, leg)),
            IsHeld = leg.State == LegState.Answered && IsHeldByPeer(leg),
            IsMuted = leg.Media.Audio is { IsMuted: true },
            InvitedAt = leg.InvitedAt,
            AnsweredAt = leg.AnsweredAt,
        })];
    }
}
