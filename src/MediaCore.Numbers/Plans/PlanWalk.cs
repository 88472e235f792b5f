using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Plans;

/// <summary>
/// One way through a plan: which action is next, given how the last has ended. The calls (<see cref="PlanActivity"/>) and the simulator go by it, so what is simulated is what would happen.
/// <list type="bullet">
/// <item>The actions of a rule's <c>then</c> follow each other, whatever they end with, until the caller has talked or is gone, or was refused.</item>
/// <item>One that ends as something that <c>else</c> has leads there in place of the rest; in there nothing leads elsewhere any more.</item>
/// <item>Behind its last action a rule is over: with <c>stop</c> the plan is, else the rules behind it are looked at.</item>
/// </list>
/// </summary>
/// <param name="plan">The plan.</param>
public sealed class PlanWalk(Plan plan)
{
    private IReadOnlyList<CallAction> _actions = [];
    private int _rule = -1;
    private int _next;
    private bool _isElse;

    /// <summary>What the plan has come to so far; its end once there is no next action.</summary>
    public ActivityResult Result { get; private set; } = new(ActivityOutcome.Completed);

    /// <summary>The rule that is followed; null before the first.</summary>
    public PlanRule? Rule => _rule < 0 ? null : plan.Rules[_rule];

    /// <summary>What has led to the action that is done now: the end of another one that <c>else</c> had; null for none.</summary>
    public ActivityOutcome? After { get; private set; }

    /// <summary>The next action; null when the plan is over.</summary>
    /// <param name="facts">How things are now.</param>
    /// <param name="last">What the last action has ended with; null for the beginning.</param>
    /// <param name="decided">Told of each rule that is followed, with the index that was begun with.</param>
    public CallAction? Next(PlanFacts facts, ActivityResult? last, Action<PlanRule, int>? decided = null)
    {
        if (last is { } result)
        {
            Result = result;
            if (!IsLeft(result))
            {
                return null;
            }
        }
        else
        {
            Follow(facts, 0, decided);
        }

        while (_next >= _actions.Count)
        {
            if (Rule!.Stop || _rule >= plan.Rules.Count - 1)
            {
                return null;
            }

            Follow(facts, _rule + 1, decided);
        }

        return _actions[_next++];
    }

    private bool IsLeft(in ActivityResult result)
    {
        CallAction done = _actions[_next - 1];
        if (result.Outcome == ActivityOutcome.HungUp || done is RejectAction or HangupAction)
        {
            return false;
        }

        if (!_isElse && Rule!.Otherwise.TryGetValue(result.Outcome, out IReadOnlyList<CallAction>? otherwise))
        {
            (_actions, _next, _isElse, After) = (otherwise, 0, true, result.Outcome);
            return true;
        }

        return result.Outcome != ActivityOutcome.Talked;
    }

    private void Follow(PlanFacts facts, int from, Action<PlanRule, int>? decided)
    {
        _rule = plan.Decide(facts, from);
        (_actions, _next, _isElse, After) = (Rule!.Then, 0, false, null);
        decided?.Invoke(Rule, from);
    }
}
