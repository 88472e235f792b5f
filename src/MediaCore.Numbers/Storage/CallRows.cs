using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Storage;

/// <summary>Rows of a call as the record it was.</summary>
internal static class CallRows
{
    internal static CallRecord ToRecord(CallRow row) => CallRecordDetails.Read(row.Details, new CallRecord
    {
        CallId = row.CallId,
        StartedAt = NumberStore.FromMs(row.StartedAtMs),
        RingingAt = NumberStore.FromMs(row.RingingAtMs),
        AnsweredAt = NumberStore.FromMs(row.AnsweredAtMs),
        EndedAt = NumberStore.FromMs(row.EndedAtMs),
        Caller = row.Caller,
        Called = row.Called,
        Number = row.Number,
        InboundTrunk = row.InboundTrunk,
        OutboundTrunk = row.OutboundTrunk,
        Account = row.Account,
        EndedBy = Side(row.EndedBy),
        Reason = CallEndNames.TryParse(row.Reason, out CallEndReason reason) ? reason : CallEndReason.None,
        SipStatus = row.SipStatus,
        Q850Cause = row.Q850Cause,
        Legs = [.. row.Legs.OrderBy(leg => leg.Position).Select(ToLeg)],
    });

    private static LegRecord ToLeg(CallLegRow row) => CallRecordDetails.Read(row.Details, new LegRecord
    {
        LegId = row.LegId,
        Inbound = row.Inbound,
        SipCallId = row.SipCallId,
        From = row.FromUri,
        To = row.ToUri,
        Peer = row.Peer,
        RemoteAddress = row.RemoteAddress,
        InvitedAt = NumberStore.FromMs(row.InvitedAtMs),
        RingingAt = NumberStore.FromMs(row.RingingAtMs),
        AnsweredAt = NumberStore.FromMs(row.AnsweredAtMs),
        EndedAt = NumberStore.FromMs(row.EndedAtMs),
        EndedBy = Side(row.EndedBy),
        SipStatus = row.SipStatus,
        Q850Cause = row.Q850Cause,
        Codec = row.Codec,
        Srtp = row.Srtp,
        Received = new MediaFigures
        {
            Packets = row.ReceivedPackets,
            Bytes = row.ReceivedBytes,
            Lost = row.ReceivedLost,
            JitterMilliseconds = row.ReceivedJitterMs,
            MaxJitterMilliseconds = row.ReceivedMaxJitterMs,
        },
        Sent = new MediaFigures
        {
            Packets = row.SentPackets,
            Bytes = row.SentBytes,
            Lost = row.SentLost,
            JitterMilliseconds = row.SentJitterMs,
            MaxJitterMilliseconds = row.SentMaxJitterMs,
        },
    });

    private static CallEndSide Side(string name) => CallEndNames.TryParse(name, out CallEndSide side) ? side : CallEndSide.None;
}
