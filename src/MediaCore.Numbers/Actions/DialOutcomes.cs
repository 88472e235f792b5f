using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>What the final status of somebody who was called means to a plan (RFC 3261 §21.4 and §21.6, RFC 3398 §7.2.4.1).</summary>
internal static class DialOutcomes
{
    private const int NoAnswerCause = 19;

    /// <summary>The outcome of a status and its Q.850 cause. 480 is what a phone that is switched off or not there gives; with cause 19 it has rung and nobody answered.</summary>
    public static ActivityResult Of(int status, int cause) => new(
        status switch
        {
            486 or 600 => ActivityOutcome.Busy,
            403 or 603 or 607 or 608 => ActivityOutcome.Rejected,
            408 or 487 => ActivityOutcome.NoAnswer,
            480 when cause == NoAnswerCause => ActivityOutcome.NoAnswer,
            482 or 483 => ActivityOutcome.Failed,
            _ => ActivityOutcome.Unreachable,
        },
        status == 0 ? "" : $"SIP {status}",
        status,
        cause);

    /// <summary>The cause that an answered call is ended with in place of a refusal (RFC 3398 §8.2.6.1).</summary>
    public static int CauseOf(int status) => status switch
    {
        486 or 600 => 17,
        403 or 603 or 607 or 608 => 21,
        404 or 604 => 1,
        480 => 18,
        _ => 31,
    };

    /// <summary>The one of two outcomes that says more of why nobody was reached.</summary>
    public static ActivityResult Better(in ActivityResult first, in ActivityResult second) => Rank(second.Outcome) > Rank(first.Outcome) ? second : first;

    private static int Rank(ActivityOutcome outcome) => outcome switch
    {
        ActivityOutcome.NoAnswer => 5,
        ActivityOutcome.Busy => 4,
        ActivityOutcome.Rejected => 3,
        ActivityOutcome.Unreachable => 2,
        _ => 1,
    };
}
