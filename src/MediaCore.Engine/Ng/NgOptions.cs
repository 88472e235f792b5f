using System.Net;
using MediaCore.Primitives;

namespace MediaCore.Engine.Ng;

/// <summary>How the ng control protocol is served.</summary>
public sealed record NgOptions
{
    /// <summary>Where its messages are taken; no address, the default, serves it nowhere. Whoever can send there controls the relay: a loopback address, unless <see cref="Allow"/> says who else.</summary>
    public NetworkEndpoint Listen { get; init; }

    /// <summary>Networks beside loopback that may ask.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; init; } = [];

    /// <summary>Sessions at once; beyond it offers are answered <c>load limit</c>.</summary>
    public int MaxSessions { get; init; } = 20_000;

    /// <summary>A session with nobody on hold that sends nothing for so long is ended (rtpengine's <c>timeout</c>); zero never.</summary>
    public TimeSpan MediaTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same while all are on hold (rtpengine's <c>silent-timeout</c>); zero never.</summary>
    public TimeSpan SilentTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A session that nobody answers for so long is ended (rtpengine's <c>offer-timeout</c>); zero never.</summary>
    public TimeSpan OfferTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a deleted session lives on where the delete does not say. rtpengine has 30 s, for packets that are still under way; here released ports rest by themselves
    /// (<see cref="EngineOptions.MediaPortRest"/>), so that the default is zero.
    /// </summary>
    public TimeSpan DeleteDelay { get; init; }
}
