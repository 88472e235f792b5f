namespace MediaCore.LoadTests.Scenarios;

/// <summary>What one kind of call does, from both ends. Immutable.</summary>
internal sealed record Scenario
{
    /// <summary>Some packets of 20 ms fit into it, whatever their places.</summary>
    private static readonly TimeSpan s_surely = TimeSpan.FromMilliseconds(100);

    /// <summary>What reports call it.</summary>
    public required string Name { get; init; }

    public MediaKind Media { get; init; }

    /// <summary>How long the callee rings before it answers.</summary>
    public TimeSpan Ring { get; init; }

    /// <summary>Whether the callee describes itself in a 183 and speaks before it answers.</summary>
    public bool HasEarlyMedia { get; init; }

    /// <summary>Whether the callee answers at all.</summary>
    public bool Answers { get; init; } = true;

    public required IReadOnlyList<ScenarioStep> Steps
    {
        get;
        init
        {
            field = value;
            HasDigits = value.Any(static s => s.Kind == StepKind.Digits);
            Speaks = IsHeardOf(value);
        }
    }

    public bool IsSecure => Media is MediaKind.Srtp or MediaKind.SrtpTranscoded;

    public bool IsTranscoded => Media is MediaKind.Transcoded or MediaKind.SrtpTranscoded;

    public bool Registers => Steps[0].Kind == StepKind.Register;

    public bool HasDigits { get; private init; }

    /// <summary>Whether both sides surely get to say something: there is a while in which the call is up and not on hold.</summary>
    public bool Speaks { get; private init; }

    /// <summary>Whether the caller leaves its call to another callee, right before its end.</summary>
    public bool Transfers => Steps.Count > 1 && Steps[^2].Kind == StepKind.Refer;

    /// <summary>How long it takes at most where everything is answered at once.</summary>
    public TimeSpan Longest => Steps.Aggregate(Ring, static (sum, step) => sum + step.Longest);

    private static bool IsHeardOf(IReadOnlyList<ScenarioStep> steps)
    {
        bool isOnHold = false;
        foreach (ScenarioStep step in steps)
        {
            isOnHold = step.Kind == StepKind.Hold || (isOnHold && step.Kind != StepKind.Resume);
            if (!isOnHold && (step.Kind == StepKind.Digits || (step.Kind == StepKind.Talk && step.Duration * (1 - step.Spread) >= s_surely)))
            {
                return true;
            }
        }

        return false;
    }
}
