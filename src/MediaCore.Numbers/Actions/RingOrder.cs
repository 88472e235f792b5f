using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>In which order targets are rung one after the other.</summary>
internal static class RingOrder
{
    /// <summary>The order for one call.</summary>
    public static IReadOnlyList<RingDestination> Of(RingStrategy strategy, IReadOnlyList<(RingDestination Destination, int Weight)> targets, Guid tenant, CallServices services)
    {
        RingDestination[] listed = [.. targets.Select(static one => one.Destination)];
        switch (strategy)
        {
            case RingStrategy.RoundRobin when listed.Length > 1:
                int turn = services.Ringing.NextTurn(tenant, string.Join('\n', listed.Select(static one => one.Key)), listed.Length);
                return [.. listed[turn..], .. listed[..turn]];
            case RingStrategy.LongestIdle:
                return [.. listed.OrderBy(one => services.Ringing.LastTalkMs(tenant, one.Key))];
            case RingStrategy.Weighted:
                return Draw(targets, services.Draw);
            default:
                return listed;
        }
    }

    /// <summary>Draws one after the other, each with its share of the weights that are left.</summary>
    private static List<RingDestination> Draw(IEnumerable<(RingDestination Destination, int Weight)> targets, Func<int, int> draw)
    {
        List<(RingDestination Destination, int Weight)> left = [.. targets];
        List<RingDestination> order = [];
        while (left.Count > 0)
        {
            int at = draw(left.Sum(static one => one.Weight));
            int index = 0;
            while (at >= left[index].Weight)
            {
                at -= left[index++].Weight;
            }

            order.Add(left[index].Destination);
            left.RemoveAt(index);
        }

        return order;
    }
}
