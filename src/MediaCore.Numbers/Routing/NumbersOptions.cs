using System.Collections.Immutable;
using System.Net;

namespace MediaCore.Numbers.Routing;

/// <summary>How calls to and from the number service are let in.</summary>
public sealed record NumbersOptions
{
    /// <summary>
    /// Networks that may call our numbers without proving who they are. Empty for everywhere: a telephone number is public. With networks
    /// given, others are asked for an account's credentials. Trunks may always call.
    /// </summary>
    public ImmutableArray<IPNetwork> AcceptFrom { get; init; } = [];

    /// <summary>How dialled digits are read.</summary>
    public DialPlan DialPlan { get; init; } = new();

    /// <summary>How long a call from account to account rings.</summary>
    public TimeSpan AccountRingTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the database is asked whether another process (the command line) changed it. Costs one statement that reads no page.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);
}
