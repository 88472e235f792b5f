using System.Net;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Defence;

/// <summary>The tables of fixed size: what is given up at the bound, and what never is.</summary>
public sealed class SourceTableTests
{
    private static readonly Timestamp s_now = Timestamp.FromMilliseconds(10_000);
    private static readonly Rate s_rate = Rate.PerSecond(10, 5);

    [Fact]
    public void Ban_IsNotPushedOut_ByAFloodOfOthers()
    {
        var table = new DeadlineTable(64);
        Assert.True(table.TryAdd(1, s_now + TimeSpan.FromSeconds(300), s_now));
        int refused = 0;
        for (ulong hash = 2; hash < 10_000; hash++)
        {
            refused += table.TryAdd(hash, s_now + TimeSpan.FromSeconds(300), s_now) ? 0 : 1;
        }

        Assert.True(table.Contains(1, s_now));
        Assert.Equal(64, table.Count(s_now));
        Assert.Equal(9_998 - 63, refused);
        Assert.False(table.Contains(1, s_now + TimeSpan.FromSeconds(301)));
        Assert.True(table.TryAdd(9, s_now + TimeSpan.FromSeconds(600), s_now + TimeSpan.FromSeconds(301)));
    }

    [Fact]
    public void ExhaustedBucket_IsNotPushedOut_ByAFloodOfOthers()
    {
        var table = new RateTable(64);
        while (table.TryTake(1, RateKind.Requests, s_rate, s_now))
        {
            // Until it is empty.
        }

        for (ulong hash = 2; hash < 10_000; hash++)
        {
            Assert.True(table.TryTake(hash, RateKind.Requests, s_rate, s_now));
        }

        Assert.False(table.TryTake(1, RateKind.Requests, s_rate, s_now));
    }

    [Fact]
    public void Bucket_GivesItsBurst_ThenItsRate()
    {
        var table = new RateTable(64);
        int taken = 0;
        for (int ms = 0; ms < 2_000; ms++)
        {
            taken += table.TryTake(7, RateKind.Requests, s_rate, s_now + TimeSpan.FromMilliseconds(ms)) ? 1 : 0;
        }

        Assert.InRange(taken, 24, 25);
    }

    [Fact]
    public void Strikes_AreForgotten_AfterTheirWindow()
    {
        var table = new RateTable(64);
        Assert.False(table.Strike(3, DefenceLimits.StrikesToBan - 1, s_now));
        Assert.False(table.Strike(3, 1, s_now + DefenceLimits.StrikeWindow));
        Assert.True(table.Strike(3, DefenceLimits.StrikesToBan - 1, s_now + DefenceLimits.StrikeWindow));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("192.0.2.5", true)]
    [InlineData("192.0.2.4", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData("::ffff:10.1.1.1", true)]
    public void Networks_HoldTheirAddresses(string address, bool isHeld)
    {
        var set = new AddressSet([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("10.3.0.0/16"), IPNetwork.Parse("192.0.2.5/32"), IPNetwork.Parse("2001:db8::/32")]);
        Assert.Equal(isHeld, set.Contains(World.Endpoint(address, 5060)));
    }

    [Fact]
    public void Networks_ThatAreEverything_HoldEveryAddress()
    {
        var set = new AddressSet([IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);
        Assert.True(set.Contains(World.Endpoint("255.255.255.255", 1)));
        Assert.True(set.Contains(World.Endpoint("ffff::1", 1)));
        Assert.False(new AddressSet([]).Contains(World.Endpoint("1.2.3.4", 1)));
    }
}
