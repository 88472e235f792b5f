using System.Net;
using System.Text;
using FsCheck.Xunit;
using MediaCore.Tests;

namespace MediaCore.Primitives.Tests;

public sealed class NetworkEndpointTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("[::ffff:c000:201]", "192.0.2.1")]
    public void Literal_ParsesAndFormats(string text, string canonical)
    {
        Assert.True(NetworkEndpoint.TryParseAddress(Encoding.ASCII.GetBytes(text), 5060, out NetworkEndpoint endpoint));
        Assert.Equal(5060, endpoint.Port);
        Assert.Equal(canonical, Address(endpoint, brackets: false));
        Assert.Equal(endpoint.IsIPv6 ? $"[{canonical}]:5060" : $"{canonical}:5060", endpoint.ToString());
        Assert.Equal(endpoint.IsIPv6 ? $"[{canonical}]" : canonical, Address(endpoint, brackets: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.0400")]
    [InlineData("1..2.3")]
    [InlineData("1.2.3.4 ")]
    [InlineData(" 1.2.3.4")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[]")]
    [InlineData("[")]
    [InlineData("[::1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData(":::")]
    [InlineData("example.com")]
    [InlineData("[::1]:5060")]
    public void OtherText_IsRefused(string text) =>
        Assert.False(NetworkEndpoint.TryParseAddress(Encoding.ASCII.GetBytes(text), 5060, out _));

    [Property]
    public void AnyBytes_AreParsedOrRefused_WithoutAnException(byte[] text) =>
        Assert.True(NetworkEndpoint.TryParseAddress(text, 1, out NetworkEndpoint endpoint) || !endpoint.HasAddress);

    [Property(MaxTest = 1000)]
    public void IPv6_FormatsAsTheFrameworkDoes_AndParsesBack(ushort[] words)
    {
        byte[] bytes = new byte[16];
        for (int i = 0; i < 8; i++)
        {
            // Short or absent words are zeros, so runs of zeros are common.
            ushort word = i < words.Length ? words[i] : (ushort)0;
            bytes[2 * i] = (byte)(word >> 8);
            bytes[(2 * i) + 1] = (byte)word;
        }

        AssertFormatsAsTheFramework(bytes);
    }

    [Fact]
    public void IPv6_EveryPatternOfZeroWords_FormatsAsTheFrameworkDoes()
    {
        for (int pattern = 0; pattern < 256; pattern++)
        {
            byte[] bytes = new byte[16];
            for (int i = 0; i < 8; i++)
            {
                bytes[(2 * i) + 1] = (byte)((pattern >> i) & 1);
            }

            AssertFormatsAsTheFramework(bytes);
        }
    }

    [Fact]
    public void MappedIPv6_IsIPv4()
    {
        NetworkEndpoint mapped = NetworkEndpoint.From(IPAddress.Parse("::ffff:10.0.0.1"), 7);
        NetworkEndpoint plain = NetworkEndpoint.From(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7));
        Assert.Equal(plain, mapped);
        Assert.Equal(plain.GetHashCode(), mapped.GetHashCode());
        Assert.False(mapped.IsIPv6);
        Assert.Equal(4, mapped.AddressLength);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7), mapped.ToIPEndPoint());
    }

    [Theory]
    [InlineData("127.0.0.1", true, false, false)]
    [InlineData("127.255.0.9", true, false, false)]
    [InlineData("::1", true, false, false)]
    [InlineData("128.0.0.1", false, false, false)]
    [InlineData("0.0.0.0", false, true, false)]
    [InlineData("::", false, true, false)]
    [InlineData("224.0.0.1", false, false, true)]
    [InlineData("239.255.255.255", false, false, true)]
    [InlineData("240.0.0.1", false, false, false)]
    [InlineData("255.255.255.255", false, false, true)]
    [InlineData("ff02::1", false, false, true)]
    [InlineData("fe80::1", false, false, false)]
    public void Kinds(string text, bool loopback, bool unspecified, bool multicastOrBroadcast)
    {
        NetworkEndpoint endpoint = NetworkEndpoint.From(IPAddress.Parse(text), 0);
        Assert.Equal((loopback, unspecified, multicastOrBroadcast), (endpoint.IsLoopback, endpoint.IsUnspecified, endpoint.IsMulticastOrBroadcast));
    }

    [Fact]
    public void Default_HasNoAddress()
    {
        NetworkEndpoint none = default;
        Assert.False(none.HasAddress);
        Assert.Equal(0, none.AddressLength);
        Assert.Equal("none", none.ToString());
        Assert.Equal(0, none.CopyAddressTo([]));
    }

    [Fact]
    public void Equality_CountsThePort_AndHasSameAddressDoesNot()
    {
        NetworkEndpoint a = NetworkEndpoint.From(IPAddress.Parse("192.0.2.1"), 1);
        NetworkEndpoint b = a.WithPort(2);
        Assert.True(a != b);
        Assert.True(a.HasSameAddress(b));
        Assert.True(a == b.WithPort(1));
        Assert.False(a.HasSameAddress(NetworkEndpoint.From(IPAddress.Parse("192.0.2.2"), 1)));
    }

    [Theory]
    [InlineData("192.0.2.100")]
    [InlineData("2001:db8:1111:2222:3333:4444:5555:6666")]
    [InlineData("::")]
    public void DestinationTooShort_IsRefused_AtEveryLength(string text)
    {
        NetworkEndpoint endpoint = NetworkEndpoint.From(IPAddress.Parse(text), 65535);
        byte[] buffer = new byte[NetworkEndpoint.MaxTextBytes];
        Assert.True(endpoint.TryFormat(buffer, out int needed));
        for (int length = 0; length < needed; length++)
        {
            Assert.False(endpoint.TryFormat(buffer.AsSpan(0, length), out _));
        }

        Assert.True(endpoint.TryFormat(buffer.AsSpan(0, needed), out _));
    }

    [Theory]
    [InlineData("192.0.2.100")]
    [InlineData("2001:db8::6666")]
    public void ParseAndFormat_AllocateNothing(string text)
    {
        byte[] literal = Encoding.ASCII.GetBytes(text);
        byte[] buffer = new byte[NetworkEndpoint.MaxTextBytes];
        AllocationAssert.Zero(200, 5_000, () =>
        {
            if (!NetworkEndpoint.TryParseAddress(literal, 5060, out NetworkEndpoint endpoint) || !endpoint.TryFormat(buffer, out _))
            {
                throw new InvalidOperationException("The literal was refused.");
            }
        });
    }

    private static void AssertFormatsAsTheFramework(byte[] bytes)
    {
        IPAddress address = new(bytes);
        NetworkEndpoint endpoint = NetworkEndpoint.FromBytes(bytes, 9);
        string expected = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : Rfc5952(address);
        Assert.Equal(expected, Address(endpoint, brackets: false));
        Assert.True(NetworkEndpoint.TryParseAddress(Encoding.ASCII.GetBytes(expected), 9, out NetworkEndpoint parsed));
        Assert.Equal(endpoint, parsed);
        Assert.Equal(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, endpoint.ToIPAddress());
    }

    /// <summary>The framework writes the last 32 bits of some all but empty addresses as dotted IPv4; RFC 5952 §5 asks that only of known prefixes.</summary>
    private static string Rfc5952(IPAddress address)
    {
        string text = address.ToString();
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return text;
        }

        byte[] bytes = address.GetAddressBytes();
        int colon = text.LastIndexOf(':');
        return $"{text[..(colon + 1)]}{(bytes[12] << 8) | bytes[13]:x}:{(bytes[14] << 8) | bytes[15]:x}";
    }

    private static string Address(NetworkEndpoint endpoint, bool brackets)
    {
        Span<byte> text = stackalloc byte[NetworkEndpoint.MaxTextBytes];
        Assert.True(endpoint.TryFormatAddress(text, brackets, out int length));
        return Encoding.ASCII.GetString(text[..length]);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("172.15.255.255", false)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.9.9", true)]
    [InlineData("192.169.0.0", false)]
    [InlineData("169.254.1.1", true)]
    [InlineData("100.63.255.255", false)]
    [InlineData("100.64.0.0", true)]
    [InlineData("100.127.255.255", true)]
    [InlineData("100.128.0.0", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("fc00::1", true)]
    [InlineData("fdff::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("fec0::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::1", true)]
    public void Address_IsPrivate_AsTheRegistriesSay(string address, bool expected)
    {
        Assert.True(NetworkEndpoint.TryParseAddress(System.Text.Encoding.ASCII.GetBytes(address), 5060, out NetworkEndpoint endpoint));
        Assert.Equal(expected, endpoint.IsPrivate);
    }
}
