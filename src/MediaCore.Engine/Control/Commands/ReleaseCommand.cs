namespace MediaCore.Engine.Control.Commands;

/// <summary>Gives control of a call back. Commands of the former controller that are still open end as their work does.</summary>
public sealed record ReleaseCommand : CallCommand
{
    /// <summary>What becomes of the call.</summary>
    public ReleasePolicy Policy { get; init; }

    /// <summary>For <see cref="ReleasePolicy.NextStep"/>: the configured route that it goes on with; null for the rest of its plan.</summary>
    public string? Route { get; init; }

    /// <summary>For <see cref="ReleasePolicy.NextStep"/>, in place of a route: the application that the call is offered to next; where nobody claims it, it goes on with the rest of its plan. Null for none.</summary>
    public string? Application { get; init; }
}
