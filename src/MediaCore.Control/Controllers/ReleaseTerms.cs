using MediaCore.Engine.Control;

namespace MediaCore.Control.Controllers;

/// <summary>What becomes of a controller's calls when it is lost.</summary>
/// <param name="Grace">How long they wait for it.</param>
/// <param name="Policy">Then.</param>
/// <param name="Route">For <see cref="ReleasePolicy.NextStep"/>: the route that they go on with; null for the rest of their plans.</param>
public sealed record ReleaseTerms(TimeSpan Grace, ReleasePolicy Policy, string? Route = null)
{
    /// <summary>Where nothing was said.</summary>
    public static ReleaseTerms Usual { get; } = new(ControlServiceLimits.DefaultGrace, ReleasePolicy.Continue);
}
