using System.Net;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Trunks;

public sealed class TrunkNetworksTests
{
    private static readonly TrunkNetworks Networks = new(
    [
        new Trunk { Name = "world", From = [IPNetwork.Parse("0.0.0.0/0")] },
        new Trunk { Name = "carrier", From = [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32")] },
        new Trunk { Name = "host", From = [IPNetwork.Parse("192.0.2.7/32"), IPNetwork.Parse("2001:db8::7/128")] },
        new Trunk { Name = "same-length", From = [IPNetwork.Parse("192.0.2.0/24")] },
        new Trunk { Name = "mapped", From = [IPNetwork.Parse("::ffff:203.0.113.0/120")] },
    ]);

    [Theory]
    [InlineData("192.0.2.7", "host")]
    [InlineData("192.0.2.8", "carrier")]
    [InlineData("192.0.2.255", "carrier")]
    [InlineData("192.0.3.0", "world")]
    [InlineData("255.255.255.255", "world")]
    [InlineData("203.0.113.200", "mapped")]
    [InlineData("::ffff:192.0.2.7", "host")]
    [InlineData("2001:db8::7", "host")]
    [InlineData("2001:db8:ffff::1", "carrier")]
    [InlineData("2001:db9::", null)]
    [InlineData("::1", null)]
    public void Source_BelongsToTheLongestNetwork(string address, string? trunk)
        => Assert.Equal(trunk, Networks.Find(NetworkEndpoint.From(IPAddress.Parse(address), 5060))?.Name);

    [Fact]
    public void Source_WithoutAddress_BelongsToNobody() => Assert.Null(Networks.Find(default));

    [Fact]
    public void Find_AgreesWithTheFrameworkOnRandomNetworks()
    {
        var random = new Random(4711);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            var baseAddress = new IPAddress(bytes);
            int prefix = random.Next(33);
            uint mask = prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);
            uint value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
            var network = new IPNetwork(new IPAddress(Bytes(value & mask)), prefix);
            var near = new IPAddress(Bytes(value ^ (1u << random.Next(32))));
            var networks = new TrunkNetworks([new Trunk { Name = "t", From = [network] }]);

            Assert.Equal(network.Contains(near), networks.Find(NetworkEndpoint.From(near, 1)) is not null);
            Assert.NotNull(networks.Find(NetworkEndpoint.From(baseAddress, 1)));
        }

        static byte[] Bytes(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
    }
}
