using System.Collections.Immutable;
using System.Net;

namespace MediaCore.Engine.Defence;

/// <summary>How the engine treats strangers, and everybody when there is too much. Strangers are those that neither a trunk, nor <see cref="Trusted"/>, nor a proved password vouches for.</summary>
public sealed record DefenceOptions
{
    /// <summary>User-Agent, From and To of tools that search for open servers (SIPVicious, friendly-scanner and others; not sipsak, which operators ask their own servers with).</summary>
    public static readonly ImmutableArray<string> KnownScanners =
    [
        "friendly-scanner", "sipvicious", "sundayddr", "sip-scan", "iwar", "sipcli", "vaxsipuseragent", "pplsip", "friendly-request", "gulp", "sivus", "smap", "sipptk",
    ];

    /// <summary>Nothing is limited.</summary>
    public static readonly DefenceOptions Off = new() { IsEnabled = false, Overload = new OverloadOptions { IsEnabled = false } };

    /// <summary>Whether strangers are limited at all. The lists <see cref="Allow"/> and <see cref="Deny"/> count in any case.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Requests a second of one stranger's address (an IPv6 /64): Kamailio's pike has 30 in 2 s.</summary>
    public int RequestsPerSecond { get; init; } = 15;

    /// <summary>Requests of one address that may come at once.</summary>
    public int Burst { get; init; } = 30;

    /// <summary>How long an address is not heard after too many strikes.</summary>
    public TimeSpan BanDuration { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Answers to a stranger's requests that belong to no account, trunk or call, per <see cref="UnidentifiedWindow"/>; then silence (Asterisk: 5 in 5 s).</summary>
    public int UnidentifiedAnswers { get; init; } = 5;

    /// <summary>See <see cref="UnidentifiedAnswers"/>.</summary>
    public TimeSpan UnidentifiedWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Networks that are not limited, beside the <c>from</c> networks of the trunks.</summary>
    public ImmutableArray<IPNetwork> Trusted { get; init; } = [];

    /// <summary>When not empty, requests come from these networks only.</summary>
    public ImmutableArray<IPNetwork> Allow { get; init; } = [];

    /// <summary>Networks that nothing is taken from.</summary>
    public ImmutableArray<IPNetwork> Deny { get; init; } = [];

    /// <summary>Parts of User-Agent, From or To, in any case of letters, whose sender gets no answer.</summary>
    public ImmutableArray<string> Scanners { get; init; } = KnownScanners;

    /// <summary>What happens when there is more than the machine can do.</summary>
    public OverloadOptions Overload { get; init; } = new();
}
