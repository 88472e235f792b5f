using MediaCore.Control.V1;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Plans;

namespace MediaCore.Control.NumberServices;

/// <summary>Imagined calls and what comes of them, as messages.</summary>
internal static class SimulationMapping
{
    /// <summary>Steps that may be imagined to end in some way; a call has no more.</summary>
    private const int MaxItems = PlanSimulator.MaxSteps;

    /// <summary>The call of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">Now, where no time is given.</param>
    public static SimulatedCall Read(SimulateRequest request, DateTimeOffset now)
    {
        if (request.Number.Length == 0 && request.Plan.Length == 0)
        {
            throw ApiErrors.Invalid("number", "Which number is called, or which plan is followed?");
        }

        if (request.Document.Length > 0 && request.Plan.Length == 0)
        {
            throw ApiErrors.Invalid("plan", "Which plan is this a draft of?");
        }

        if (Math.Max(request.Headers.Count, Math.Max(request.Outcomes.Count, Math.Max(request.Queues.Count, request.Registered.Count + request.Unregistered.Count))) > MaxItems)
        {
            throw ApiErrors.Invalid("", $"Lists have at most {MaxItems} items.");
        }

        return new SimulatedCall
        {
            Number = request.Number,
            Caller = request.Caller,
            At = ApiMapping.Moment(request.At, "at") ?? now,
            Trunk = request.Trunk.Length > 0 ? request.Trunk : null,
            Account = request.Account.Length > 0 ? request.Account : null,
            Headers = [.. request.Headers.Select(ReadHeader)],
            Outcomes = [.. request.Outcomes.Select(static outcome => ApiMapping.From<ActivityOutcome>(outcome, null, "outcomes"))],
            Registered = request.Registered.Count > 0 ? [.. request.Registered] : null,
            Unregistered = [.. request.Unregistered],
            Queues = request.Queues.DistinctBy(static queue => queue.Queue, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(static queue => queue.Queue, static queue => new QueueFigures(queue.Waiting, queue.LongestWaitSeconds, queue.Ready), StringComparer.OrdinalIgnoreCase),
            Calls = request.HasCalls ? ApiMapping.Number(request.Calls, 0, int.MaxValue, "calls") : null,
        };
    }

    /// <summary>What would happen.</summary>
    public static SimulateResponse ToMessage(SimulatedPath path) => new()
    {
        Steps =
        {
            path.Steps.Select(static step => new V1.SimulatedStep
            {
                Number = step.Number,
                Plan = step.Plan,
                Rule = step.Rule,
                Action = step.Action?.Kind ?? "",
                Outcome = step.Outcome is { } outcome ? ApiMapping.To<Outcome>(outcome) : Outcome.Unspecified,
                Text = step.Text,
            }),
        },
        Outcome = ApiMapping.To<Outcome>(path.Result.Outcome),
        Detail = path.Result.Detail,
        SipStatus = path.Result.SipStatus,
        Q850Cause = path.Result.Q850Cause,
        Configuration = path.Configuration,
    };

    private static KeyValuePair<string, string> ReadHeader(string header) => header.Split(':', 2) is [{ Length: > 0 } name, var value]
        ? KeyValuePair.Create(name.Trim(), value.Trim())
        : throw ApiErrors.Invalid("headers", "A header is written as in a message, Name: value.");
}
