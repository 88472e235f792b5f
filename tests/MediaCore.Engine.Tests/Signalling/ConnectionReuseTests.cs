using MediaCore.Engine.Policies;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Signalling;

/// <summary>RFC 5923 as the signalling sees it; which connections may be used again is StreamAliasesTests' matter.</summary>
public sealed class ConnectionReuseTests : ShardTest
{
    private readonly Peer _trunk;

    public ConnectionReuseTests() => _trunk = World.AddPeer("trunk", "203.0.113.101", tcp: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Via_OffersAlias_WhereTheConnectionDoes_AndItsCancelToo(bool offers)
    {
        _trunk.Stream!.OffersAlias = offers;
        World.RouteToTrunks("+1001", _trunk);
        PeerDialog caller = PeerDialog.Call(World.AddPeer("alice", "198.51.100.10"), "+1001");
        SipText invite = _trunk.Take("INVITE");
        Assert.Equal(offers, invite["Via"].Contains(";alias;", StringComparison.Ordinal));
        _trunk.Respond(invite, 180, "t-trunk");
        caller.Peer.Take("180 INVITE");
        caller.Cancel();
        caller.Peer.Take("200 CANCEL");
        SipText cancel = _trunk.Take("CANCEL");
        Assert.Equal(invite["Via"], cancel["Via"]);
        _trunk.Respond(cancel, 200, "t-trunk");
        _trunk.Respond(invite, 487, "t-trunk");
        Assert.Equal(invite["Via"], _trunk.Take("ACK")["Via"]);
        caller.Ack(caller.Peer.Take("487 INVITE"));
    }

    [Theory]
    [InlineData("TLS", ";alias", true, "203.0.113.101:5060")]
    [InlineData("TLS", ";ALIAS", true, "203.0.113.101:5060")]
    [InlineData("TLS", "", true, null)]
    [InlineData("TCP", ";alias", true, null)]
    [InlineData("TLS", ";alias", false, null)]
    public void Alias_IsTaken_OverTlsWithACertificateThatWasChecked(string transport, string parameter, bool isChecked, string? taken)
    {
        _trunk.Stream!.MayTakeAlias = isChecked;
        _trunk.Send(Options().Replace("SIP/2.0/TCP", "SIP/2.0/" + transport, StringComparison.Ordinal).Replace(";rport", parameter + ";rport", StringComparison.Ordinal));
        _trunk.Take("200 OPTIONS");
        Assert.Equal(taken, _trunk.Stream.Alias);
    }

    [Theory]
    [InlineData("carrier.example", true)]
    [InlineData("other.example", false)]
    [InlineData(null, false)]
    public void Request_OnAConnectionOfOurs_IsFromTheTrunkWhoseNameWasProved(string? proved, bool isTrunk)
    {
        World.Policy.Admission = CallerAdmission.Challenge;
        World.Policy.AdmitsTrunks = true;
        World.Policy.TrunksByHost["carrier.example"] = new Trunk { Name = "carrier" };
        Peer bob = World.AddPeer("bob", "203.0.113.102");
        World.RouteToTrunks("+1001", bob);
        _trunk.Stream!.VerifiedName = proved;
        PeerDialog caller = PeerDialog.Dial(_trunk, "+1001", PeerSdp.Audio(_trunk));
        if (!isTrunk)
        {
            caller.Ack(_trunk.Take("401 INVITE"));
            return;
        }

        _trunk.Take("100 INVITE");

        PeerDialog.Answering(bob).Respond(486);
        bob.Take("ACK");
        caller.Ack(_trunk.Take("486 INVITE"));
        Assert.Equal("carrier", World.Record.Legs[0].Peer);
    }

    private string Options() =>
        _trunk.Request("OPTIONS", "sip:" + World.ServerHost, $"<sip:{_trunk.Host}>;tag={_trunk.NextId("t")}", $"<sip:{World.ServerHost}>", _trunk.NextId("o"), 1, _trunk.NextBranch());
}
