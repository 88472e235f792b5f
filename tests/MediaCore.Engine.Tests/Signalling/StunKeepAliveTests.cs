using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Signalling;

public sealed class StunKeepAliveTests
{
    // RFC 5769 §2.1, the transaction identifier of its sample; §2.2 and §2.3, the mapped addresses of the sample responses.
    private static readonly byte[] s_request = Convert.FromHexString("000100002112a442b7e7a701bc34d686fa87dfae");

    [Theory]
    [InlineData("192.0.2.1", 32853, "0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", 32853, "010100182112a442b7e7a701bc34d686fa87dfae002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9")]
    public void BindingRequest_IsAnsweredWithItsSource(string host, int port, string expected)
    {
        Assert.True(StunKeepAlive.IsRequest(s_request));
        byte[] response = new byte[StunKeepAlive.MaxResponseBytes];
        int length = StunKeepAlive.WriteResponse(response, s_request, World.Endpoint(host, (ushort)port));
        Assert.Equal(expected, Convert.ToHexStringLower(response.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("000100002112a442b7e7a701bc34d686fa87df")]
    [InlineData("000100002112a443b7e7a701bc34d686fa87dfae")]
    [InlineData("000100042112a442b7e7a701bc34d686fa87dfae")]
    [InlineData("010100002112a442b7e7a701bc34d686fa87dfae")]
    [InlineData("001100002112a442b7e7a701bc34d686fa87dfae")]
    [InlineData("")]
    public void AnythingElse_IsNone(string datagram) => Assert.False(StunKeepAlive.IsRequest(Convert.FromHexString(datagram)));
}
