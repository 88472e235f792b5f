using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies.Identity;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Routing;

namespace MediaCore.Numbers.Plans;

/// <summary>A call that is imagined.</summary>
public sealed record SimulatedCall
{
    /// <summary>The number that is called, E.164 with <c>+</c>.</summary>
    public required string Number { get; init; }

    /// <summary>Who calls; empty for an anonymous caller.</summary>
    public string Caller { get; init; } = "";

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The trunk that it comes in by; null for none.</summary>
    public string? Trunk { get; init; }

    /// <summary>The account that calls; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>Headers of the INVITE.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What the actions end with that may end in several ways (ring, forward, menu, queue, voicemail, announce), in their order; those behind the last one end well.</summary>
    public IReadOnlyList<ActivityOutcome> Outcomes { get; init; } = [];

    /// <summary>Accounts with a phone registered; null for those that have one now.</summary>
    public IReadOnlyCollection<string>? Registered { get; init; }

    /// <summary>Accounts without one, whatever is so now.</summary>
    public IReadOnlyCollection<string> Unregistered { get; init; } = [];

    /// <summary>How queues are, by name; those that are missing are as they are now.</summary>
    public IReadOnlyDictionary<string, QueueFigures> Queues { get; init; } = FrozenDictionary<string, QueueFigures>.Empty;

    /// <summary>Calls of the number, this one included; null for as many as there are and this one.</summary>
    public int? Calls { get; init; }
}

/// <summary>One step of an imagined call.</summary>
/// <param name="Number">The number whose plan it is.</param>
/// <param name="Plan">The plan; empty for what the number leads to directly.</param>
/// <param name="Rule">The rule that is followed.</param>
/// <param name="Action">What is done; null for a step that says which rule is followed and why.</param>
/// <param name="Outcome">What it ends with; null where the call is out of the service's hands.</param>
/// <param name="Text">In words.</param>
public sealed record SimulatedStep(string Number, string Plan, string Rule, CallAction? Action, ActivityOutcome? Outcome, string Text);

/// <summary>What would happen.</summary>
/// <param name="Steps">The way.</param>
/// <param name="Result">The end.</param>
/// <param name="Configuration">The audit's number that the configuration has everything up to.</param>
public sealed record SimulatedPath(IReadOnlyList<SimulatedStep> Steps, ActivityResult Result, long Configuration);

/// <summary>Says what would happen to a call, by the same decisions that calls go by (<see cref="PlanWalk"/>), without one.</summary>
/// <param name="numbers">Where numbers lead to.</param>
/// <param name="configurations">The tenants' configurations.</param>
/// <param name="services">How things are now.</param>
/// <param name="refresh">Reads what was changed last; null where numbers and configurations are what they are.</param>
public sealed class PlanSimulator(Func<RoutingTable> numbers, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, CallServices services, Func<CancellationToken, Task>? refresh = null)
{
    /// <summary>Steps of one way; the bound of plans that lead to each other.</summary>
    public const int MaxSteps = CallDirectorLimits.MaxActivities;

    /// <summary>Reads what was changed last: what is committed now counts for what is asked afterwards.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken = default) => refresh is null ? Task.CompletedTask : refresh(cancellationToken);

    /// <summary>What a plan would do that need not be in force; null for a tenant that is not known.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="call">The call; its number may be any.</param>
    /// <param name="tenant">Whose plan it is.</param>
    public SimulatedPath? Simulate(Plan plan, string name, SimulatedCall call, Guid tenant)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!configurations().TryGetValue(tenant, out TenantConfiguration? configuration))
        {
            return null;
        }

        var run = new Run(call, numbers, configurations, services);
        return new SimulatedPath(run.Steps, run.Follow(plan, name, run.FactsOf(call.Number, tenant), configuration), configuration.Version);
    }

    /// <summary>What would happen; null for a number that the tenant does not have.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tenant">Who asks; null for the platform.</param>
    public SimulatedPath? Simulate(SimulatedCall call, Guid? tenant = null)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (!numbers().TryFind(call.Number, out NumberRoute? route) || (tenant is not null && route.TenantId != tenant) || !configurations().TryGetValue(route.TenantId, out TenantConfiguration? configuration))
        {
            return null;
        }

        var run = new Run(call, numbers, configurations, services);
        ActivityResult result = run.Do(NumberBeginnings.ActionOf(route, configuration), run.FactsOf(call.Number, route.TenantId), configuration, "", "");
        return new SimulatedPath(run.Steps, result, configuration.Version);
    }

    /// <summary>What a plan would do that need not be in force, for a call to a number of nobody.</summary>
    internal static SimulatedPath Simulate(Plan plan, string name, SimulatedCall call, TenantConfiguration configuration, CallServices services)
    {
        var run = new Run(call, static () => RoutingTable.Empty, static () => FrozenDictionary<Guid, TenantConfiguration>.Empty, services);
        return new SimulatedPath(run.Steps, run.Follow(plan, name, run.FactsOf(call.Number, configuration.Tenant.Id), configuration), configuration.Version);
    }

    /// <summary>One imagined call on its way.</summary>
    private sealed class Run(SimulatedCall call, Func<RoutingTable> numbers, Func<FrozenDictionary<Guid, TenantConfiguration>> configurations, CallServices services) : IPlanSurroundings
    {
        private readonly Queue<ActivityOutcome> _outcomes = new(call.Outcomes);
        private readonly Dictionary<Guid, CallNotes> _notes = [];
        private int _depth;

        public List<SimulatedStep> Steps { get; } = [];

        public CallFacts FactsOf(string number, Guid tenant) => new()
        {
            CallId = "simulated",
            TenantId = tenant,
            Number = number,
            Called = number,
            Caller = CallerNumbers.Read(call.Caller, number),
            IsAnonymous = CallerNumbers.IsAnonymous(call.Caller),
            Account = call.Account,
            InboundTrunk = call.Trunk,
            Headers = call.Headers,
            At = call.At,
        };

        public QueueFigures? FindQueue(CallQueue queue)
            => call.Queues.TryGetValue(queue.Name, out QueueFigures figures) ? figures : services.QueueFigures?.Find(queue);

        public bool IsRegistered(string account) => !call.Unregistered.Contains(account) && (call.Registered?.Contains(account) ?? services.Registrations?.IsRegistered(account) ?? true);

        public int CountCalls(string number) => call.Calls ?? services.Load.Count(number) + 1;

        public ActivityResult Follow(Plan plan, string name, CallFacts facts, TenantConfiguration configuration)
        {
            var walk = new PlanWalk(plan);
            CallNotes notes = NotesOf(facts, configuration);
            ActivityResult? last = null;
            while (walk.Next(Facts(), last, Note) is { } action)
            {
                if (Steps.Count >= MaxSteps || _depth >= CallDirectorLimits.MaxDepth / 2)
                {
                    return new ActivityResult(ActivityOutcome.Failed, "led on too often", 482, 25);
                }

                last = Do(action, facts, configuration, name, walk.Rule!.Name, walk.After);
            }

            return walk.Result;

            PlanFacts Facts() => new() { Call = facts, Configuration = configuration, Now = call.At, Language = notes.Language, Variables = notes.Variables, Around = this };

            void Note(PlanRule rule, int from)
            {
                PlanFacts now = Facts();
                foreach (PlanRule passed in plan.Rules.Skip(from).TakeWhile(one => one != rule))
                {
                    Steps.Add(new SimulatedStep(facts.Number, name, passed.Name, null, null, $"does not hold: {Unmet(passed.When!, plan, now)}"));
                }

                Steps.Add(new SimulatedStep(facts.Number, name, rule.Name, null, null, rule.When is null ? "holds always" : $"holds: {rule.When}"));
            }
        }

        public ActivityResult Do(CallAction action, CallFacts facts, TenantConfiguration configuration, string plan, string rule, ActivityOutcome? after = null)
        {
            int at = Steps.Count;
            Steps.Add(new SimulatedStep(facts.Number, plan, rule, action, null, ""));
            ActivityResult result = Perform(action, facts, configuration, after);
            Steps[at] = Steps[at] with { Outcome = result.Outcome, Text = result.Detail };
            return result;
        }

        private ActivityResult Perform(CallAction action, CallFacts facts, TenantConfiguration configuration, ActivityOutcome? after)
        {
            CallNotes notes = NotesOf(facts, configuration);
            switch (action)
            {
                case PlanAction { Plan: var name }:
                    return configuration.Plans.TryGetValue(name, out PublishedDocument? document)
                        ? Deeper(() => Follow(Plan.Of(document), name, facts, configuration))
                        : new ActivityResult(ActivityOutcome.Failed, $"there is no plan \"{name}\" in force", 480, 31);
                case SetAction set:
                    foreach ((string name, string text) in set.Variables)
                    {
                        string value = PromptMedia.Fill(text, notes.Variables);
                        if (notes.SetVariable(name, value) && name == "language" && value.Length > 0)
                        {
                            notes.Language = value;
                        }
                    }

                    return new ActivityResult(ActivityOutcome.Completed);
                case TagAction or NotifyAction or RecordAction:
                    return new ActivityResult(ActivityOutcome.Completed);
                case RejectAction reject:
                    return facts.Diversions.Count > 0 ? DialOutcomes.Of(reject.Status, reject.Cause ?? 0) : new ActivityResult(ActivityOutcome.HungUp, "refused", reject.Status, reject.Cause ?? 0);
                case HangupAction hangup:
                    return new ActivityResult(facts.Diversions.Count > 0 ? ActivityOutcome.Rejected : ActivityOutcome.HungUp, "ended", 480, hangup.Cause);
                case RedirectAction:
                    return new ActivityResult(ActivityOutcome.HungUp, "sent elsewhere");
                case ControlAction control:
                    return new ActivityResult(ActivityOutcome.HungUp, $"offered to \"{control.Application}\"");
                case ForwardAction { To.Number: { } number } when numbers().TryFind(number, out NumberRoute? route) && configurations().TryGetValue(route.TenantId, out TenantConfiguration? other):
                    return LedOn(number, route, other, facts, after);
                case RingAction ring when !ring.Targets.Any(target => IsThere(target, configuration)):
                    return new ActivityResult(ActivityOutcome.Unreachable, "nobody could be rung", 480, 20);
                case ForwardAction forward when !IsThere(forward.To, configuration):
                    return new ActivityResult(ActivityOutcome.Unreachable, "nobody could be rung", 480, 20);
                default:
                    ActivityOutcome well = action is AnnounceAction or VoicemailAction or BoxMenuAction or MenuAction ? ActivityOutcome.Completed : ActivityOutcome.Talked;
                    return new ActivityResult(_outcomes.TryDequeue(out ActivityOutcome imagined) ? imagined : well);
            }
        }

        private ActivityResult LedOn(string number, NumberRoute route, TenantConfiguration configuration, CallFacts facts, ActivityOutcome? after)
        {
            if (facts.Diversions.Count >= CallDirectorLimits.MaxHops)
            {
                return new ActivityResult(ActivityOutcome.Failed, "numbers lead to each other", 482, 25);
            }

            CallFacts there = facts with { Number = number, TenantId = route.TenantId, Diversions = [new CallDiversion(facts.Number, after is null ? DiversionReason.Unconditional : DiversionReason.NoAnswer), .. facts.Diversions] };
            return Do(NumberBeginnings.ActionOf(route, configuration), there, configuration, "", "");
        }

        private ActivityResult Deeper(Func<ActivityResult> follow)
        {
            _depth++;
            ActivityResult result = follow();
            _depth--;
            return result;
        }

        private bool IsThere(RingTarget target, TenantConfiguration configuration) => target switch
        {
            { User: { } name } => configuration.Users.TryGetValue(name, out User? user) && IsThere(user, configuration),
            { Extension: { } extension } => PeopleIndex.Of(configuration).FindByExtension(extension) is { } person && IsThere(person, configuration),
            { Trunk: { } trunk } => services.MayUseTrunk?.Invoke(configuration.Tenant, trunk) ?? true,
            { Account: { } account } => IsRung(account, configuration),
            _ => true,
        };

        private bool IsThere(User user, TenantConfiguration configuration)
            => !user.Disabled && !user.DoNotDisturb && (user.ForwardTo is { Length: > 0 } || (user.Account is { Length: > 0 } account && IsRung(account, configuration)));

        private bool IsRung(string account, TenantConfiguration configuration)
            => !(services.AccountOwner?.Invoke(account) is { } owner && owner != configuration.Tenant.Id) && IsRegistered(account);

        private CallNotes NotesOf(CallFacts facts, TenantConfiguration configuration)
        {
            if (!_notes.TryGetValue(facts.TenantId, out CallNotes? notes))
            {
                _notes[facts.TenantId] = notes = new CallNotes { Language = configuration.Tenant.Language };
            }

            return notes;
        }

        // The part of a condition that keeps it from holding.
        private static string Unmet(PlanCondition condition, Plan plan, PlanFacts facts)
            => condition is AllCondition ? Unmet(condition.Parts.First(part => !part.Holds(plan, facts)), plan, facts) : condition.ToString();
    }
}
