using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;

namespace MediaCore.LoadTests.Calls;

/// <summary>What load.</summary>
internal sealed record GeneratorOptions
{
    /// <summary>250 turns a second at most in the long run.</summary>
    public static readonly TimeSpan DefaultGather = TimeSpan.FromMilliseconds(4);

    /// <summary>What calls do.</summary>
    public required ScenarioMix Mix { get; init; }

    /// <summary>Calls at once; one that is due when all places are taken fails.</summary>
    public required int Places { get; init; }

    /// <summary>Address of the callers; its port is 0.</summary>
    public required NetworkEndpoint CallerAddress { get; init; }

    /// <summary>Address of the callees; its port is 0 for one that the system chooses.</summary>
    public required NetworkEndpoint CalleeAddress { get; init; }

    /// <summary>No server between: callers call callees, which measures the generator.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Accounts that register: <c>load1</c> and so on.</summary>
    public int Accounts { get; init; }

    /// <summary>Password of all of them.</summary>
    public string Password { get; init; } = "";

    /// <summary>What scenarios and durations are drawn with.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How long what comes may wait for more, where it is much (<see cref="Sockets.TurnPace"/>); zero: not at all.</summary>
    public TimeSpan Gather { get; init; } = DefaultGather;

    /// <summary>The name of an account, from 1.</summary>
    public static string AccountName(int number) => $"load{number}";
}
