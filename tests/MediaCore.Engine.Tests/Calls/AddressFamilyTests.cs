using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Calls;

/// <summary>A call between a side with IPv6 media and one with IPv4 media.</summary>
public sealed class AddressFamilyTests : CallTest
{
    private static readonly NetworkEndpoint s_alice = World.Endpoint("2001:db8::10", 40000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Media_BetweenIPv6AndIPv4_IsRelayed_WhereThereArePortsOfBoth(bool hasBoth)
    {
        World.Shard.Ports.HasBothFamilies = hasBoth;
        PeerDialog caller = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice).Replace("c=IN IP4 198.51.100.10", "c=IN IP6 2001:db8::10", StringComparison.Ordinal));
        Alice.Take("100 INVITE");
        PeerDialog callee = PeerDialog.Answering(Bob);
        callee.Respond(200, PeerSdp.Audio(Bob, 50000));
        Bob.Take("ACK");
        SipText answer = Alice.Take("200 INVITE");
        Assert.Contains(hasBoth ? "c=IN IP6 2001:db8::1\r\n" : "c=IN IP4 192.0.2.1\r\n", answer.Body, StringComparison.Ordinal);
        caller.Learn(answer);
        caller.Ack();
        if (hasBoth)
        {
            byte[] packet = new byte[172];
            packet[0] = 0x80;
            World.DeliverMedia(s_alice, World.Call.Caller.Media.Port!.Port, packet);
            World.DeliverMedia(World.Endpoint(Bob.Host, 50000), World.Call.Connected!.Media.Port!.Port, packet);
            Assert.Equal([World.Endpoint(Bob.Host, 50000), s_alice], World.MediaSent.Select(static m => m.To));
        }

        HangUp(caller, callee);
    }
}
