using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Load;

/// <summary>What load on what.</summary>
internal sealed record LoadOptions
{
    public required ScenarioMix Mix { get; init; }

    public required ArrivalPlan Arrivals { get; init; }

    /// <summary>Callers call callees, with no server between.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Path of <c>mediacore.dll</c>: a server of our own is started; empty: there is one at <see cref="Server"/>.</summary>
    public string Program { get; init; } = "";

    /// <summary>Where a server is that was not started here.</summary>
    public NetworkEndpoint Server { get; init; }

    /// <summary>Address of its metrics; null: nothing is known of it but what callers see.</summary>
    public Uri? Metrics { get; init; }

    public required NetworkEndpoint Callers { get; init; }

    public required NetworkEndpoint Callees { get; init; }

    /// <summary>Most calls at once.</summary>
    public int Places { get; init; }

    public int Accounts { get; init; }

    public string Password { get; init; } = "";

    public int Seed { get; init; }

    /// <summary>How long the server has calls before any counts: one that was just started still compiles. Nothing where there is no server.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How long what comes to the generator may wait for more where it is much.</summary>
    public TimeSpan Gather { get; init; } = GeneratorOptions.DefaultGather;

    /// <summary>File of the report without its ending; empty: none is written.</summary>
    public string Report { get; init; } = "";

    /// <summary>Where the report's figures come from.</summary>
    public required Origin Origin { get; init; }
}
