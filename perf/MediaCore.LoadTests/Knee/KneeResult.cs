namespace MediaCore.LoadTests.Knee;

/// <summary>What a search came to.</summary>
/// <param name="Knee">The highest rate at which the level held, in calls per second; 0: at none.</param>
/// <param name="IsBound">Whether it is the highest rate that was asked for, so that the server's own knee lies beyond it.</param>
/// <param name="Steps">All rates tried, in their order.</param>
/// <param name="Beyond">The runs at 1.5 and 2 times the knee.</param>
/// <param name="RecoverySeconds">From the end of twice the knee until the level held again in every second to the end, at half the knee; NaN: it did not.</param>
internal sealed record KneeResult(double Knee, bool IsBound, IReadOnlyList<KneeStep> Steps, IReadOnlyList<KneeStep> Beyond, double RecoverySeconds)
{
    /// <summary>Whether the lowest rate that broke the level found the server without a media port: what was found then is the knee of its port range.</summary>
    public bool IsOfPorts => Steps.Where(static s => s.Broken.Length > 0).MinBy(static s => s.Rate) is { Result.PortsRefused: > 0 };
}
