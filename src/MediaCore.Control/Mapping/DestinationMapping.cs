using MediaCore.Engine.Control;

namespace MediaCore.Control.Mapping;

/// <summary>Whom to dial.</summary>
internal static class DestinationMapping
{
    /// <summary>Destinations in their order.</summary>
    public static IReadOnlyList<DialDestination> Read(IReadOnlyCollection<V1.Destination> destinations, Problems problems) =>
        [.. destinations.Select(destination => Read(destination, "destinations", problems))];

    /// <summary>A destination.</summary>
    public static DialDestination Read(V1.Destination destination, string field, Problems problems)
    {
        switch (destination.KindCase)
        {
            case V1.Destination.KindOneofCase.Account:
                return new AccountDestination(destination.Account);
            case V1.Destination.KindOneofCase.Trunk:
                return new TrunkDestination(destination.Trunk.Trunk, TextMapping.ToNullable(destination.Trunk.Number));
            case V1.Destination.KindOneofCase.Uri:
                return new UriDestination(destination.Uri);
            default:
                problems.Add($"{field} has one that says nobody: set account, trunk or uri.");
                return new AccountDestination("");
        }
    }
}
