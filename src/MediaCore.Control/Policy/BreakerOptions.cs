namespace MediaCore.Control.Policy;

/// <summary>When a control plane that fails is left alone for a while.</summary>
public sealed record BreakerOptions
{
    /// <summary>So many failures one after the other open it. With a deadline of seconds each this is what a dead control plane costs.</summary>
    public int Failures { get; init; } = 5;

    /// <summary>So large a share of failures opens it, too: one that answers every other question.</summary>
    public double Ratio { get; init; } = 0.5;

    /// <summary>Questions within <see cref="Window"/> below which the share says nothing.</summary>
    public int MinQuestions { get; init; } = 20;

    /// <summary>How long it stays open; then one question at a time tries whether it is better.</summary>
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What the share is of.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(10);
}
