using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Tests.CallRecords;

/// <summary>Records for tests.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, 250, TimeSpan.Zero);

    public static CallRecord Answered(string callId) => new()
    {
        CallId = callId,
        StartedAt = Start,
        RingingAt = Start.AddMilliseconds(180),
        AnsweredAt = Start.AddSeconds(4),
        EndedAt = Start.AddSeconds(64),
        Caller = "+12025550123",
        Called = "+12025550100",
        Number = "+12025550100",
        InboundTrunk = "carrier-a",
        OutboundTrunk = "carrier-b",
        Account = "1001",
        EndedBy = CallEndSide.Callee,
        Reason = CallEndReason.Completed,
        SipStatus = 200,
        Q850Cause = 16,
        Legs =
        [
            new LegRecord
            {
                LegId = callId + "-0",
                Inbound = true,
                SipCallId = "a84b4c76e66710@pc33",
                From = "sip:+12025550123@example.com",
                To = "sip:+12025550100@example.com",
                Peer = "carrier-a",
                RemoteAddress = "udp:192.0.2.1:5060",
                InvitedAt = Start,
                RingingAt = Start.AddMilliseconds(180),
                AnsweredAt = Start.AddSeconds(4),
                EndedAt = Start.AddSeconds(64),
                EndedBy = CallEndSide.Server,
                SipStatus = 200,
                Q850Cause = 16,
                Codec = "PCMU/8000",
                Srtp = "AES_CM_128_HMAC_SHA1_80",
                Received = new MediaFigures { Packets = 3000, Bytes = 516_000, Lost = 3, JitterMilliseconds = 1.25, MaxJitterMilliseconds = 7.5 },
                Sent = new MediaFigures { Packets = 2990, Bytes = 514_280 },
            },
            new LegRecord { LegId = callId + "-1", InvitedAt = Start, EndedAt = Start.AddSeconds(64), EndedBy = CallEndSide.Callee, SipStatus = 200, Q850Cause = 16 },
        ],
    };

    public static CallRecord Refused(string callId) => new()
    {
        CallId = callId,
        StartedAt = Start,
        EndedAt = Start.AddMilliseconds(1),
        EndedBy = CallEndSide.Server,
        Reason = CallEndReason.NotFound,
        SipStatus = 404,
        Q850Cause = 1,
    };

    public static List<CallRecord> ReadAll(string path, bool complete = true)
    {
        using var reader = new CallRecordJournalReader(path);
        var records = new List<CallRecord>();
        while (reader.TryRead(out CallRecord record, complete))
        {
            records.Add(record);
        }

        return records;
    }
}
