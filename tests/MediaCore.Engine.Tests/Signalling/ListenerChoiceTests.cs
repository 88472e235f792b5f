using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Signalling;

/// <summary>The listener that requests leave by.</summary>
public sealed class ListenerChoiceTests
{
    private static readonly ListenerIdentity[] s_listeners =
    [
        Make(0, SipTransportKind.Udp, "192.0.2.1", 0),
        Make(1, SipTransportKind.Udp, "10.0.0.1", 1),
        Make(2, SipTransportKind.Udp, "10.0.0.1", 1, port: 5062),
        Make(3, SipTransportKind.Tcp, "192.0.2.1", 0),
        Make(4, SipTransportKind.Udp, "2001:db8::1", 1),
    ];

    [Theory]
    [InlineData(SipTransportKind.Udp, false, 0, 0)]
    [InlineData(SipTransportKind.Udp, false, 1, 1)]
    [InlineData(SipTransportKind.Udp, true, 1, 4)]
    [InlineData(SipTransportKind.Udp, true, 0, 4)]
    [InlineData(SipTransportKind.Tcp, false, 1, 3)]
    public void Choice_IsTheNetworksFirst_ElseTheFirstThatSuits(SipTransportKind transport, bool isIPv6, int network, int expected)
    {
        Assert.Equal(expected, ListenerIdentity.Choose(s_listeners, transport, isIPv6, network)!.Index);
        Assert.Equal(expected, ListenerIdentity.Choose(s_listeners.Reverse(), transport, isIPv6, network)!.Index);
    }

    [Fact]
    public void Choice_WithoutAListenerThatSuits_IsNone() => Assert.Null(ListenerIdentity.Choose(s_listeners, SipTransportKind.Tls, isIPv6: false, network: 0));

    private static ListenerIdentity Make(int index, SipTransportKind transport, string host, int network, ushort port = 5060) => new(index, transport, World.Endpoint(host, port), host, port, network);
}
