using MediaCore.Engine.Control;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Leads a call on to another of our own numbers, which ends after <see cref="CallDirectorLimits.MaxHops"/>: two numbers that forward to each other end in 482 (RFC 3261 §21.4.20, Q.850 cause 25).</summary>
internal static class LeadOn
{
    /// <summary>How the call begins at a number, or why it does not.</summary>
    public static void To(string number, DiversionReason reason, ICallStage call, string kind, out CallBeginning? beginning, out ActivityResult refused)
    {
        beginning = null;
        if (call.Facts.Diversions.Count >= CallDirectorLimits.MaxHops)
        {
            call.Trace(kind, $"not led on: {CallDirectorLimits.MaxHops} numbers have led the call on already");
            refused = new ActivityResult(ActivityOutcome.Failed, "numbers lead to each other", 482, 25);
            return;
        }

        refused = new ActivityResult(ActivityOutcome.Unreachable, "the number leads nowhere", 480, 31);
        beginning = call.Services.Numbers?.BeginAt(number, call.Facts, new CallDiversion(call.Facts.Number, reason), call.Now);
        if (beginning is not null)
        {
            call.Pass(WaypointKinds.Number, number);
        }

        call.Trace(kind, beginning is null ? $"{number} leads nowhere" : $"led on to {number}");
    }
}
