namespace MediaCore.Engine.Control.Commands;

/// <summary>Hands the call to the server's own routing: to a configured route by its name, or as if the caller had dialled a number. The controller keeps it as far as commands go, but the plan decides again what comes next.</summary>
public sealed record RouteCommand : CallCommand
{
    /// <summary>Name of a configured route; null for <see cref="Number"/>.</summary>
    public string? Route { get; init; }

    /// <summary>The number; where <see cref="Route"/> is given, what is dialled on it. Null there for what the caller dialled.</summary>
    public string? Number { get; init; }
}
