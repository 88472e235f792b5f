using System.Buffers.Binary;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>What a controller says of the way to a party: NATs, firewalls, sources that lie elsewhere, families of addresses, the class of packets.</summary>
public sealed class NgWayTests : IDisposable
{
    private static readonly NetworkEndpoint s_a = World.Endpoint("198.51.100.1", 6000);
    private static readonly NetworkEndpoint s_b = World.Endpoint("203.0.113.2", 7000);

    private readonly World _world = new();
    private readonly NgController _controller;

    public NgWayTests() => _controller = new NgController(_world);

    public void Dispose()
    {
        _controller.Ask("delete");
        Assert.Equal(0, _world.Shard.Ports.InUse);
        _world.Dispose();
    }

    [Theory]
    [InlineData("NAT-wait", 0)]
    [InlineData("symmetric", 5)]
    public void NatWait_SendsNothing_BeforeSomethingCame(string word, int early)
    {
        (ushort offerPort, ushort answerPort) = Connect(word);
        Deliver(s_b, offerPort, 5, first: 1);
        Assert.Equal(early, _world.MediaSent.Count(static m => m.To == s_a));
        Deliver(s_a, answerPort, 1, first: 1);
        _world.MediaSent.Clear();
        Deliver(s_b, offerPort, 5, first: 6);
        Assert.Equal(5, _world.MediaSent.Count(static m => m.To == s_a));
    }

    [Fact]
    public void PierceNat_SendsEmptyPackets_UntilSomethingComes()
    {
        NgSdpText offer = _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("flags", NgController.Words("pierce-NAT")));
        Assert.Null(offer.Warning);
        Assert.Equal(1, Pierces());
        ushort port = _controller.Answer(NgController.Sdp("203.0.113.2", 7000)).Port();
        _world.MediaSent.Clear();
        _world.Advance(3.5);
        Assert.InRange(Pierces(), 3, 4);
        Deliver(s_a, port, 1, first: 1);
        _world.MediaSent.Clear();
        _world.Advance(5);
        Assert.Equal(0, Pierces());
        Assert.DoesNotContain(_world.MediaSent, static m => m.To == s_b && m.Packet.Length == 0);

        int Pierces() => _world.MediaSent.Count(static m => m.To == s_a && m.Packet.Length == 0);
    }

    [Theory]
    [InlineData("asymmetric", true)]
    [InlineData("endpoint-learning=off", true)]
    [InlineData("symmetric", false)]
    public void Asymmetric_IsSentToWhereItSaid_WhereverItSendsFrom(string word, bool isAsymmetric)
    {
        (ushort offerPort, ushort answerPort) = Connect(word);
        NetworkEndpoint other = World.Endpoint("198.51.100.1", 9000);
        Deliver(other, answerPort, 20, first: 1);
        Assert.InRange(_world.MediaSent.Count(static m => m.To == s_b), 18, 20);
        Deliver(s_b, offerPort, 1, first: 1);
        Assert.Equal(isAsymmetric ? s_a : other, Assert.Single(_world.MediaSent, static m => m.To != s_b).To);
    }

    [Fact]
    public void Asymmetric_IsHeardFromAnotherAddressAtOnce()
    {
        (ushort offerPort, ushort answerPort) = Connect("asymmetric");
        Deliver(World.Endpoint("192.0.2.9", 9000), answerPort, 20, first: 1);
        Assert.InRange(_world.MediaSent.Count(static m => m.To == s_b), 18, 20);
        Deliver(s_b, offerPort, 1, first: 1);
        Assert.Equal(s_a, Assert.Single(_world.MediaSent, static m => m.To != s_b).To);
    }

    [Theory]
    [InlineData("IP6", true, "c=IN IP6 2001:db8::1", null)]
    [InlineData("IP6", false, null, "ignored: address-family")]
    [InlineData("IP4", true, null, null)]
    public void AddressFamily_TakesPortsOfIt(string family, bool hasBoth, string? connection, string? warning)
    {
        _world.Shard.Ports.HasBothFamilies = hasBoth;
        NgSdpText offer = _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("address-family", family));
        Assert.Equal(warning, offer.Warning);
        Assert.Equal(connection is not null, offer.Lines.Any(l => l == connection));
        NgSdpText answer = _controller.Answer(connection is null ? NgController.Sdp("203.0.113.2", 7000) : NgController.Sdp("2001:db8::2", 7000).Replace("IP4", "IP6", StringComparison.Ordinal), ("address-family", "IP4"));
        Assert.Null(answer.Warning);
        Assert.Contains(answer.Lines, static l => l.StartsWith("c=IN IP4 ", StringComparison.Ordinal));
        if (connection is not null)
        {
            Deliver(s_a, answer.Port(), 1, first: 1);
            Assert.Equal("[2001:db8::2]:7000", Assert.Single(_world.MediaSent).To.ToString());
        }
    }

    [Fact]
    public void Tos_MarksBothSides_UntilAnOfferDoesNotAskForIt()
    {
        NgSdpText offer = _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("TOS", 184));
        Assert.Null(offer.Warning);
        ushort answerPort = _controller.Answer(NgController.Sdp("203.0.113.2", 7000)).Port();
        Assert.Equal((184, 184), Classes());
        _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("to-tag", "B"), ("TOS", -1));
        Assert.Equal((184, 184), Classes());
        _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("to-tag", "B"));
        Assert.Equal((null, null), Classes());

        (int? Offered, int? Answered) Classes() => (_world.Shard.Ports.Find(offer.Port())!.TrafficClass, _world.Shard.Ports.Find(answerPort)!.TrafficClass);
    }

    private (ushort OfferPort, ushort AnswerPort) Connect(string word)
    {
        NgSdpText offer = _controller.Offer(NgController.Sdp("198.51.100.1", 6000), ("flags", NgController.Words(word)));
        Assert.Null(offer.Warning);
        return (offer.Port(), _controller.Answer(NgController.Sdp("203.0.113.2", 7000)).Port());
    }

    private void Deliver(NetworkEndpoint from, ushort port, int packets, int first)
    {
        for (int i = first; i < first + packets; i++)
        {
            byte[] packet = new byte[172];
            packet[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)i * 160);
            packet[11] = 9;
            _world.DeliverMedia(from, port, packet);
        }
    }
}
