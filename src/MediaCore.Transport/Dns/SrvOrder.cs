using System.Collections.Immutable;

namespace MediaCore.Transport.Dns;

/// <summary>The order of SRV records, RFC 2782: by priority, and within one priority drawn by weight.</summary>
public static class SrvOrder
{
    /// <summary>The records in the order to be tried, at most <see cref="DnsLimits.MaxServers"/>.</summary>
    /// <param name="records">As answered.</param>
    /// <param name="random">A number from 0 to below its argument.</param>
    public static ImmutableArray<SrvRecord> Sort(ImmutableArray<SrvRecord> records, Func<int, int> random)
    {
        ImmutableArray<SrvRecord>.Builder sorted = ImmutableArray.CreateBuilder<SrvRecord>(records.Length);

        // Records of weight 0 stand first, so that they are drawn only when the number is 0 (RFC 2782, "Weight"). The rest of the order is made the
        // same for every order of the answer.
        foreach (IGrouping<ushort, SrvRecord> group in records.GroupBy(static r => r.Priority).OrderBy(static g => g.Key))
        {
            List<SrvRecord> left = [.. group.OrderBy(static r => r.Weight != 0).ThenBy(static r => r.Target, StringComparer.OrdinalIgnoreCase).ThenBy(static r => r.Port)];
            while (left.Count > 0 && sorted.Count < DnsLimits.MaxServers)
            {
                int total = left.Sum(static r => r.Weight);
                int drawn = total == 0 ? random(left.Count) : DrawByWeight(left, random(total + 1));
                sorted.Add(left[drawn]);
                left.RemoveAt(drawn);
            }
        }

        return sorted.ToImmutable();
    }

    private static int DrawByWeight(List<SrvRecord> left, int number)
    {
        int sum = 0;
        for (int i = 0; i < left.Count; i++)
        {
            sum += left[i].Weight;
            if (sum >= number)
            {
                return i;
            }
        }

        return left.Count - 1;
    }
}
