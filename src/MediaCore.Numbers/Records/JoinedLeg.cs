using MediaCore.Engine.CallRecords;

namespace MediaCore.Numbers.Records;

/// <summary>A leg of one of the calls, with its part in the whole.</summary>
/// <param name="CallId">The call that it is of.</param>
/// <param name="Record">The engine's.</param>
/// <param name="Role">Who it is: <c>a</c> the one who called, <c>b</c> who was called, <c>agent</c>, <c>consult</c> (a leg of the call in which a party asked before it transferred).</param>
/// <param name="Link">How it came of another; <see cref="CallLinkKind.None"/> for one that came of nothing else.</param>
/// <param name="LinkedFrom">The leg or call that it came of; empty where that is not known.</param>
public sealed record JoinedLeg(string CallId, LegRecord Record, string Role, CallLinkKind Link, string LinkedFrom)
{
    /// <summary>From the INVITE to the first ringing, or to the answer or end where there was none.</summary>
    public long SetupMs => Ms(Ringing - Record.InvitedAt);

    /// <summary>From the first ringing to the answer, or to the end where there was none.</summary>
    public long RingingMs => Ms(Answered - Record.InvitedAt) - SetupMs;

    /// <summary>From the answer to the end. The three together are the leg's duration.</summary>
    public long AnsweredMs => DurationMs - RingingMs - SetupMs;

    /// <summary>From the INVITE to the end.</summary>
    public long DurationMs => Ms(Ended - Record.InvitedAt);

    /// <summary>Whether somebody was called by it and has answered, as one who talks and not to be asked.</summary>
    public bool IsTalk => Role is ("b" or "agent") && Record.AnsweredAt is not null;

    // Clocks may be set back in the middle of a call: no state is shorter than nothing, none goes beyond the leg.
    private DateTimeOffset Ended => Later(Record.EndedAt, Record.InvitedAt);

    private DateTimeOffset Answered => Earlier(Later(Record.AnsweredAt ?? Ended, Record.InvitedAt), Ended);

    private DateTimeOffset Ringing => Earlier(Later(Record.RingingAt ?? Answered, Record.InvitedAt), Answered);

    private static long Ms(TimeSpan time) => (long)time.TotalMilliseconds;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
