namespace MediaCore.LoadTests.Scenarios;

/// <summary>One step of a caller.</summary>
/// <param name="Kind">What.</param>
/// <param name="Duration">Of <see cref="StepKind.Talk"/>: its mean.</param>
/// <param name="Spread">Of <see cref="StepKind.Talk"/>: it lasts between (1 - Spread) and (1 + Spread) of the mean, evenly spread.</param>
/// <param name="Digits">Of <see cref="StepKind.Digits"/>.</param>
/// <param name="OnlyRinging">Of <see cref="StepKind.Invite"/>: goes on when it rings, not when it is answered.</param>
internal sealed record ScenarioStep(StepKind Kind, TimeSpan Duration = default, double Spread = 0, string Digits = "", bool OnlyRinging = false)
{
    /// <summary>How long it takes at most where everything is answered at once.</summary>
    public TimeSpan Longest => Kind == StepKind.Digits ? Digits.Length * Media.DigitSender.DigitTime : Duration * (1 + Spread);
}
