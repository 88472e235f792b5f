using MediaCore.Engine.Control;

namespace MediaCore.Control.Mapping;

/// <summary>Calls as they are now.</summary>
internal static class CallMapping
{
    /// <summary>A call.</summary>
    public static V1.Call ToCall(CallSnapshot call) => new()
    {
        CallId = call.CallId,
        Sequence = call.Sequence,
        Phase = EnumMapping.ToPhase(call.Phase),
        Caller = call.Caller,
        Called = call.Called,
        Number = call.Number ?? "",
        Account = call.Account ?? "",
        InboundTrunk = call.InboundTrunk ?? "",
        Application = call.Application ?? "",
        Controller = call.Controller ?? "",
        Epoch = call.Epoch,
        StartedAt = DurationMapping.ToTimestamp(call.StartedAt),
        AnsweredAt = DurationMapping.ToTimestamp(call.AnsweredAt),
        Conference = call.Conference ?? "",
        Legs = { call.Legs.Select(ToLeg) },
        Variables = { call.Variables.ToDictionary(static v => v.Key, static v => v.Value, StringComparer.Ordinal) },
        OpenCommands = { call.OpenCommands },
        Originated = call.IsOriginated,
        Source = call.Source,
        Route = call.Route ?? "",
        Headers = { ToHeaders(call.Headers) },
    };

    /// <summary>Headers of an INVITE.</summary>
    public static IEnumerable<V1.Header> ToHeaders(IReadOnlyList<KeyValuePair<string, string>> headers) => headers.Select(static h => new V1.Header { Name = h.Key, Value = h.Value });

    /// <summary>A member of a conference.</summary>
    public static V1.ConferenceMember ToMember(ConferenceMemberSnapshot member) => new()
    {
        CallId = member.CallId,
        LegId = member.LegId,
        Role = EnumMapping.ToRole(member.Role),
        Muted = member.IsMuted,
        Deaf = member.IsDeaf,
        Gain = member.Gain,
    };

    private static V1.Leg ToLeg(LegSnapshot leg) => new()
    {
        LegId = leg.LegId,
        Phase = EnumMapping.ToPhase(leg.Phase),
        Inbound = leg.IsInbound,
        Peer = leg.Peer ?? "",
        PeerIsTrunk = leg.PeerIsTrunk,
        Connected = leg.IsConnected,
        Held = leg.IsHeld,
        Muted = leg.IsMuted,
        InvitedAt = DurationMapping.ToTimestamp(leg.InvitedAt),
        AnsweredAt = DurationMapping.ToTimestamp(leg.AnsweredAt),
    };
}
