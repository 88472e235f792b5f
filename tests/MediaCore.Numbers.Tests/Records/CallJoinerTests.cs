using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Records;

namespace MediaCore.Numbers.Tests.Records;

public sealed class CallJoinerTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, CallRecord, (string Kind, string Name)[], string, int, int> Ends => new()
    {
        { "the caller gives up", Failed(CallEndReason.Cancelled, 487, 16), [], "cancelled", 487, 16 },
        { "busy", Failed(CallEndReason.Busy, 486, 17), [], "busy", 486, 17 },
        { "nobody answers", Failed(CallEndReason.NoAnswer, 480, 19), [], "no_answer", 480, 19 },
        { "declined", Failed(CallEndReason.Declined, 603, 21), [], "rejected", 603, 21 },
        { "nobody there", Failed(CallEndReason.Unreachable, 480, 20), [], "failed", 480, 20 },
        { "numbers lead to each other", Failed(CallEndReason.Failed, 482, 25), [("number", "+1"), ("number", "+2")], "failed", 482, 25 },
        { "the plan blocks", Failed(CallEndReason.Declined, 403, 21), [("plan", "p@1"), ("reject", "403")], "blocked", 403, 21 },
        { "the plan refuses", Failed(CallEndReason.Declined, 480, 31), [("plan", "p@1"), ("reject", "480")], "rejected", 480, 31 },
        { "the plan is busy", Failed(CallEndReason.Busy, 486, 17), [("reject", "486")], "busy", 486, 17 },
        { "an announcement alone", Answered(), [("plan", "p@1")], "answered", 200, 16 },
        { "rung after a menu, and busy", Answered(Leg(1, status: 486, cause: 17)), [("menu", "m@1"), ("ring", "")], "busy", 486, 17 },
        { "rung after a menu, and not answered", Answered(Leg(1, status: 480, cause: 19)), [("menu", "m@1"), ("ring", "")], "no_answer", 480, 19 },
        { "talked", Answered(Leg(1, answered: 2)), [("ring", "")], "answered", 200, 16 },
        { "forwarded", Answered(Leg(1, status: 480, cause: 19), Leg(2, answered: 4, invited: 3)), [("ring", ""), ("forward", "mobile")], "forwarded", 200, 16 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Disposition_AndCause_AreThoseOfWhoWasCalled(string what, CallRecord record, (string Kind, string Name)[] path, string disposition, int status, int cause)
    {
        JoinedCall joined = Join(record, path);
        JsonNode end = JsonNode.Parse(joined.Document)!["end"]!;
        Assert.Equal((what, disposition, status, cause), (what, joined.Disposition, (int)end["sip_status"]!, (int)end["q850_cause"]!));
        Assert.Equal(CallCauses.TextOf(cause), (string)end["q850_text"]!);
    }

    [Theory]
    [InlineData(QueueEntryState.Abandoned, "abandoned", "abandoned")]
    [InlineData(QueueEntryState.Waiting, "abandoned", "waiting")]
    [InlineData(QueueEntryState.TimedOut, "answered", "timed_out")]
    public void Queue_HasItsWait_FromOneEventToTheOther(QueueEntryState state, string disposition, string result)
    {
        // The queue's clock says 7 s of a call that lasted 20: nothing of it is made of the call's times.
        long came = s_start.AddSeconds(3).ToUnixTimeMilliseconds();
        JoinedCall joined = CallJoiner.Join(new CallParts { TenantId = Guid.Empty, Calls = [new CallPart("c") { Record = Answered() }], Queues = [new QueueVisit("c", "sales", came, state) { LeftAtMs = came + 7000, CreditMs = 100, Position = 3 }] })!;
        JsonNode visit = JsonNode.Parse(joined.Document)!["queues"]![0]!;
        Assert.Equal(3, (int)visit["position"]!);
        Assert.Equal((disposition, result, 7000L, 100L), (joined.Disposition, (string)visit["result"]!, (long)visit["wait_ms"]!, (long)visit["credit_ms"]!));
    }

    [Fact]
    public void Hold_IsThatOfAllLegs()
    {
        JoinedCall joined = Join(Answered(Leg(1, answered: 2) with { HoldCount = 1, HoldMilliseconds = 2_000 }, Leg(2, answered: 9, invited: 8) with { HoldCount = 2, HoldMilliseconds = 3_500 }), []);
        JsonNode document = JsonNode.Parse(joined.Document)!;
        Assert.Equal((5_500L, 2, 3_500L), ((long)document["hold_ms"]!, (int)document["legs"]!.AsArray()[^1]!["hold_count"]!, (long)document["legs"]!.AsArray()[^1]!["hold_ms"]!));
        Assert.Null(JsonNode.Parse(Join(Answered(), []).Document)!["hold_ms"]);
    }

    [Theory]
    [InlineData(CallEndReason.NodeFailure, QueueEntryState.Waiting, "failed")]
    [InlineData(CallEndReason.Shutdown, QueueEntryState.Waiting, "abandoned")]
    public void ServerThatIsGone_IsNotTheCallersDoing(CallEndReason reason, QueueEntryState state, string disposition)
    {
        CallParts parts = new() { TenantId = Guid.Empty, Calls = [new CallPart("c") { Record = Answered() with { Reason = reason } }], Queues = [new QueueVisit("c", "sales", 0, state)] };
        Assert.Equal(disposition, CallJoiner.Join(parts)!.Disposition);
    }

    [Fact]
    public void Message_IsVoicemail_UnlessSomebodyTalked()
    {
        CallParts parts = new() { TenantId = Guid.Empty, Calls = [new CallPart("c") { Record = Answered(Leg(1, status: 480, cause: 19)) }], Messages = [new LeftMessage(Guid.NewGuid(), "100", 4000)] };
        Assert.Equal("voicemail", CallJoiner.Join(parts)!.Disposition);
        Assert.Equal("answered", CallJoiner.Join(parts with { Calls = [new CallPart("c") { Record = Answered(Leg(1, answered: 2)) }] })!.Disposition);
    }

    [Theory]
    [InlineData(true, "forwarded", 14_000)]
    [InlineData(false, "answered", 0)]
    public void ForwardThatMustBeAccepted_IsATalk_OnceItWas(bool isAccepted, string disposition, long talkMs)
    {
        // A mobile's mailbox answers the made call; only the key makes it a talk.
        CallRecord made = new() { CallId = "c.1", StartedAt = s_start.AddSeconds(3), EndedAt = s_start.AddSeconds(20), OriginatedBy = "numbers", Legs = [Leg(1, answered: 6, invited: 3) with { LegId = "c.1-1" }] };
        string trace = Trace(isAccepted ? [("forward", "mobile"), ("accepted", "")] : [("forward", "mobile")]);
        JoinedCall joined = CallJoiner.Join(new CallParts { TenantId = Guid.Empty, Calls = [new CallPart("c") { Record = Answered(), Trace = trace }, new CallPart("c.1") { Record = made, LinkedFrom = "c", Link = CallLinkKind.Forward }] })!;
        Assert.Equal((disposition, talkMs), (joined.Disposition, (long)JsonNode.Parse(joined.Document)!["talk_ms"]!));
    }

    [Fact]
    public void Times_AddUp_WhateverTheClockDid()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            DateTimeOffset At() => s_start.AddMilliseconds(random.Next(-5000, 5000));
            DateTimeOffset? Maybe() => random.Next(3) == 0 ? null : At();
            LegRecord leg = new() { LegId = "c-1", InvitedAt = At(), RingingAt = Maybe(), AnsweredAt = Maybe(), EndedAt = At() };
            CallRecord record = new() { CallId = "c", StartedAt = At(), AnsweredAt = Maybe(), EndedAt = At(), Legs = [leg] };
            JsonNode document = JsonNode.Parse(Join(record, []).Document)!;
            JsonNode states = document["legs"]![0]!["states"]!;
            Assert.Equal((long)document["legs"]![0]!["duration_ms"]!, states.AsObject().Sum(static state => (long)state.Value!));
            Assert.All(states.AsObject(), static state => Assert.True((long)state.Value! >= 0));
            Assert.True((long)document["billsec_ms"]! <= (long)document["duration_ms"]!);
        }
    }

    [Fact]
    public void Causes_HaveTheStatusOfRfc3398()
    {
        int[] named = [1, 2, 3, 5, 14, 16, 17, 18, 19, 20, 21, 22, 26, 27, 28, 31, 34, 38, 41, 42, 44, 47, 50, 52, 54, 55, 57, 58, 63, 65, 79, 88, 102, 111, 127];
        Assert.Empty(named.Except(CallCauses.All.Select(static cause => cause.Value)));
        Assert.All(CallCauses.All, static cause => Assert.True(cause.Text.Length > 0 && (cause.SipStatus is 0 or (>= 400 and < 700))));
        Assert.Equal(("User busy", 486), (CallCauses.TextOf(17), CallCauses.All.Single(static cause => cause.Value == 17).SipStatus));
        Assert.Equal(("", "Unknown"), (CallCauses.TextOf(0), CallCauses.TextOf(99)));
    }

    private static JoinedCall Join(CallRecord record, (string Kind, string Name)[] path)
        => CallJoiner.Join(new CallParts { TenantId = Guid.Empty, Calls = [new CallPart("c") { Record = record, Trace = Trace(path) }] })!;

    private static string Trace((string Kind, string Name)[] path)
        => JsonSerializer.Serialize(new { outcome = "Talked", path = path.Select(static (one, index) => new { at = s_start.AddSeconds(index), kind = one.Kind, name = one.Name }) });

    private static CallRecord Failed(CallEndReason reason, int status, int cause)
        => new() { CallId = "c", StartedAt = s_start, EndedAt = s_start.AddSeconds(20), Reason = reason, SipStatus = status, Q850Cause = cause, Legs = [Caller(null)] };

    private static CallRecord Answered(params LegRecord[] legs)
        => new() { CallId = "c", StartedAt = s_start, AnsweredAt = s_start.AddSeconds(1), EndedAt = s_start.AddSeconds(20), Reason = CallEndReason.Completed, SipStatus = 200, Q850Cause = 16, Legs = [Caller(1), .. legs] };

    private static LegRecord Caller(int? answered) => Leg(0, answered) with { Inbound = true };

    private static LegRecord Leg(int index, int? answered = null, int invited = 0, int status = 200, int cause = 16) => new()
    {
        LegId = $"c-{index}",
        InvitedAt = s_start.AddSeconds(invited),
        AnsweredAt = answered is { } seconds ? s_start.AddSeconds(seconds) : null,
        EndedAt = s_start.AddSeconds(20),
        SipStatus = status,
        Q850Cause = cause,
    };
}
