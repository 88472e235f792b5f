using System.Net;
using MediaCore.Engine.Defence;
using MediaCore.Engine.Tests.Registrar;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;

namespace MediaCore.Engine.Tests.Defence;

/// <summary>Addresses that nobody vouches for: how much of them is heard and answered.</summary>
public sealed class StrangerTests : RegistrarTest
{
    private readonly Peer _mallory;
    private int _probes;

    public StrangerTests()
    {
        World.Options = World.Options with { Defence = new DefenceOptions() };
        _mallory = World.AddPeer("mallory", "198.51.100.66");
    }

    private long Dropped(DefenceReason reason) => World.Statistics.DefenceDrops[(int)reason];

    private bool IsBanned(Peer peer) => World.Guard.IsBanned(peer.Endpoint, World.Now);

    private string Options(Peer peer, string extra = "") =>
        peer.Request("OPTIONS", "sip:192.0.2.1", $"<sip:x@{peer.Host}>;tag=t{++_probes}-{peer.Name}", "<sip:192.0.2.1>", $"o{_probes}-{peer.Name}", 1, peer.NextBranch(), extra);

    private int Probe(Peer peer, int count, string extra = "")
    {
        peer.TakeAll();
        for (int i = 0; i < count; i++)
        {
            peer.Send(Options(peer, extra));
        }

        return peer.TakeAll().Length;
    }

    [Fact]
    public void OPTIONS_OfAStranger_IsAnsweredFiveTimesInFiveSeconds_ThenSilence()
    {
        Assert.Equal(5, Probe(_mallory, 12));
        Assert.Equal(7, Dropped(DefenceReason.Unidentified));
        World.Advance(1.01);
        Assert.Equal(1, Probe(_mallory, 3));
    }

    [Fact]
    public void REGISTER_WithoutCredentials_IsTreatedAlike_WhetherTheAccountExistsOrNot()
    {
        Peer other = World.AddPeer("eve", "198.51.100.67");
        string[] existing = Ask(_mallory, "bob");
        string[] missing = Ask(other, "nobody");
        Assert.Equal(existing, missing);
        Assert.Equal(5, existing.Length);

        string[] Ask(Peer peer, string user)
        {
            for (int i = 0; i < 8; i++)
            {
                string id = peer.NextId("r");
                peer.Send(peer.Request("REGISTER", Uri, $"<sip:{user}@192.0.2.1>;tag={id}", $"<sip:{user}@192.0.2.1>", id, 1, peer.NextBranch()));
            }

            return peer.TakeAll();
        }
    }

    [Fact]
    public void Flood_OfOneAddress_IsBanned_AndHeardAgainWhenTheBanIsOver()
    {
        Probe(_mallory, 100);
        Assert.True(IsBanned(_mallory));
        Assert.Equal(1, World.Guard.BansMade);
        Assert.Equal(0, Probe(_mallory, 10));
        Assert.True(Dropped(DefenceReason.Banned) >= 10);
        World.Advance(301);
        Assert.False(IsBanned(_mallory));
        Assert.Equal(1, Probe(_mallory, 1));
    }

    [Fact]
    public void Rate_OverTheBurst_IsDropped()
    {
        World.Options = World.Options with { Defence = new DefenceOptions { UnidentifiedAnswers = 1000 } };
        Assert.Equal(30, Probe(_mallory, 40));
        Assert.Equal(10, Dropped(DefenceReason.Rate));
        World.Advance(1);
        Assert.Equal(15, Probe(_mallory, 20));
    }

    [Fact]
    public void Ban_OfAnIPv6Address_IsOfItsWholeNetwork()
    {
        Peer six = World.AddPeer("six", "2001:db8:0:1::1");
        World.Guard.Strike(six.Endpoint, 1, World.Now);
        Assert.NotNull(World.Shards);
        World.Guard.Strike(six.Endpoint, DefenceLimits.StrikesToBan, World.Now);
        Assert.True(World.Guard.IsBanned(World.Endpoint("2001:db8:0:1:ffff::9", 1), World.Now));
        Assert.False(World.Guard.IsBanned(World.Endpoint("2001:db8:0:2::1", 1), World.Now));
    }

    [Theory]
    [InlineData("friendly-scanner")]
    [InlineData("pplsip")]
    [InlineData("VaxSIPUserAgent/3.1")]
    public void Scanner_GetsNoAnswer_AndIsBanned(string agent)
    {
        for (int i = 0; i < 6; i++)
        {
            _mallory.Send(Options(_mallory).Replace("phone-mallory/1.0", agent, StringComparison.Ordinal));
        }

        _mallory.TakeNothing();
        Assert.Equal(6, Dropped(DefenceReason.Scanner));
        Assert.True(IsBanned(_mallory));
    }

    [Fact]
    public void Banned_ThatBecomesATrunk_IsHeardAtOnce()
    {
        for (int i = 0; i < 6; i++)
        {
            _mallory.Send(Options(_mallory).Replace("phone-mallory/1.0", "friendly-scanner", StringComparison.Ordinal));
        }

        Assert.True(IsBanned(_mallory));
        Assert.Equal(0, Probe(_mallory, 1));
        World.Policy.InboundTrunks[_mallory.Endpoint] = new Trunk { Name = "carrier" };
        Assert.Equal(1, Probe(_mallory, 1));
    }

    [Fact]
    public void Phone_ThatProvesItsPassword_IsNotLimited()
    {
        Assert.Equal(200, Register(Bob).Status);
        Assert.Equal(50, Probe(Bob, 50));
        World.Advance(3700);
        Assert.Equal(5, Probe(Bob, 10));
        World.Advance(3700);
    }

    [Fact]
    public void Office_OfManyPhones_RegistersBehindOneAddress()
    {
        // Twenty phones at once: five are asked for credentials, one answers, and the rest come again after T1.
        Peer[] phones = [.. Enumerable.Range(0, 20).Select(i => World.AddPeer("office", "198.51.100.80", (ushort)(6000 + i)))];
        foreach (Peer phone in phones)
        {
            string id = phone.NextId("first" + phone.Port);
            phone.Send(phone.Request("REGISTER", Uri, $"<sip:bob@192.0.2.1>;tag={id}", "<sip:bob@192.0.2.1>", id, 1, phone.NextBranch() + phone.Port));
        }

        Peer[] asked = [.. phones.Where(static p => p.TakeAll().Length > 0)];
        Assert.Equal(5, asked.Length);
        Assert.Equal(200, Send(asked[0], Authorize(asked[0].History[^1].Message["WWW-Authenticate"])).Status);
        Assert.All(phones, phone => Assert.Equal(401, Send(phone, null).Status));
    }

    [Fact]
    public void SpoofedFlood_BansTheAddress_AndItsPhoneStillGetsInByItsPassword()
    {
        // Mallory writes bob's address into her datagrams.
        Probe(Bob, 100);
        Assert.True(IsBanned(Bob));
        World.Advance(2);
        SipText challenge = Send(Bob, null);
        Assert.Equal(401, challenge.Status);
        World.Advance(2);
        Assert.Equal(200, Send(Bob, Authorize(challenge["WWW-Authenticate"])).Status);
        Assert.False(IsBanned(Bob));
        Assert.Equal(20, Probe(Bob, 20));
        World.Advance(4000);
    }

    [Fact]
    public void SpoofedFlood_OfARegisteredPhone_DoesNotBanIt()
    {
        Assert.Equal(200, Register(Bob).Status);
        Probe(Bob, 200, "Max-Breakage: 1\r\n");
        Assert.False(IsBanned(Bob));
        World.Advance(4000);
    }

    [Fact]
    public void Trunk_IsNotLimited_AndCannotBeBanned()
    {
        World.Policy.InboundTrunks[Carol.Endpoint] = new Trunk { Name = "carrier" };
        Assert.Equal(300, Probe(Carol, 300));
        for (int i = 0; i < 100; i++)
        {
            Carol.Send("garbage that is no message at all");
        }

        Assert.Equal(1, Probe(Carol, 1));
        Assert.Equal(0, World.Guard.BansMade);
    }

    [Fact]
    public void Lists_AreLookedAtBeforeAnythingElse()
    {
        World.Options = World.Options with
        {
            Defence = new DefenceOptions { Trusted = [IPNetwork.Parse("198.51.100.0/24")], Deny = [IPNetwork.Parse("198.51.100.66/32")], Allow = [IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.101/32")] },
        };
        Assert.Equal(0, Probe(_mallory, 1));
        Assert.Equal(1, Probe(Alice, 1));
        Assert.Equal(1, Probe(Bob, 1));
        Assert.Equal(0, Probe(Carol, 1));
        Assert.Equal(2, Dropped(DefenceReason.Denied));
    }

    [Fact]
    public void Responses_OfATargetOutsideTheAllowedNetworks_AreHeard()
    {
        World.Options = World.Options with { Defence = new DefenceOptions { Allow = [IPNetwork.Parse("198.51.100.0/24")] } };
        PeerDialog caller = PeerDialog.Call(Alice, "+1001");
        PeerDialog callee = PeerDialog.Answering(Bob);
        Answer(caller, callee);
        HangUp(caller, callee);
    }

    [Fact]
    public void Call_OfAStranger_GoesOn_WhileTheStrangerIsSilenced()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Assert.True(Probe(Alice, 200) < 10);
        Assert.False(IsBanned(Alice));
        HangUp(caller, callee);
    }

    [Fact]
    public void Bye_OfNoCall_IsAnswered481FiveTimes_ThenSilence()
    {
        for (int i = 0; i < 9; i++)
        {
            string id = _mallory.NextId("bye");
            _mallory.Send(_mallory.Request("BYE", "sip:192.0.2.1", $"<sip:a@b>;tag={id}", $"<sip:c@d>;tag=x{id}", id, 2, _mallory.NextBranch()));
        }

        Assert.Equal(Enumerable.Repeat("481 BYE", 5), _mallory.TakeAll());
    }
}
