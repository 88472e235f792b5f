using MediaCore.Primitives;
using MediaCore.Rtp.Relay;

namespace MediaCore.Rtp.Tests.Relay;

public sealed class SourceLatchTests
{
    private static readonly NetworkEndpoint Signalled = At("203.0.113.7", 4000);
    private static readonly NetworkEndpoint OtherPort = At("203.0.113.7", 41234);
    private static readonly NetworkEndpoint Attacker = At("198.51.100.66", 5555);

    public static TheoryData<string> PrivateAddresses => ["192.168.1.20", "10.0.0.9", "172.16.3.4", "172.31.255.1", "100.64.1.1", "169.254.9.9", "127.0.0.1", "fd00::9", "fe80::1"];

    [Fact]
    public void ExactSource_LatchesAtItsFirstPacket_AndIsFinal()
    {
        SourceLatch latch = Latch(Signalled);
        Assert.False(latch.IsLatched);
        Assert.Equal(Signalled, latch.Destination);
        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(Signalled, 1, 1, Ms(0)));
        Assert.Equal(LatchVerdict.Accept, latch.Inspect(Signalled, 1, 2, Ms(20)));
        Assert.Equal(SourceRank.Exact, latch.Rank);
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(OtherPort, 1, 3, Ms(40)));
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 1, 3, Ms(40)));
        Assert.Equal(2, latch.RejectedPackets);
        Assert.Equal(0, latch.UnconfirmedPackets);
    }

    [Fact]
    public void OtherPortOfTheSignalledAddress_IsRelayedAtOnce_AndLatchesWithItsSecondPacket()
    {
        SourceLatch latch = Latch(Signalled);
        Assert.Equal(LatchVerdict.Accept, latch.Inspect(OtherPort, 1, 1, Ms(0)));
        Assert.Equal(Signalled, latch.Destination);
        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(OtherPort, 1, 2, Ms(20)));
        Assert.Equal(OtherPort, latch.Destination);
    }

    [Theory]
    [MemberData(nameof(PrivateAddresses))]
    public void PhoneBehindNat_IsHeardFromItsFirstPacket_AndSentToFromItsFourth(string signalled)
    {
        SourceLatch latch = Latch(At(signalled, 4000));
        LatchVerdict[] verdicts = Stream(ref latch, Attacker, packets: 6, from: 0);
        Assert.Equal(
            [LatchVerdict.Accept, LatchVerdict.Accept, LatchVerdict.Accept, LatchVerdict.AcceptAndLearned, LatchVerdict.Accept, LatchVerdict.Accept], verdicts);
        Assert.Equal(Attacker, latch.Destination);
    }

    [Fact]
    public void PhoneOnThisHost_ThatSignalsAPublicAddressOfIt_IsHeardFromItsFirstPacket()
    {
        SourceLatch latch = Latch(Signalled);
        NetworkEndpoint local = At("127.0.0.1", 4000);
        LatchVerdict[] verdicts = Stream(ref latch, local, packets: 5, from: 0);
        Assert.Equal([LatchVerdict.Accept, LatchVerdict.Accept, LatchVerdict.Accept, LatchVerdict.AcceptAndLearned, LatchVerdict.Accept], verdicts);
        Assert.Equal(local, latch.Destination);
    }

    /// <summary>Whoever is on this host and says so sends from where it said, or somebody else sends: the phone is heard as soon as it speaks.</summary>
    [Fact]
    public void AnotherLoopbackAddressThanTheSignalledOne_WaitsForTheWindow()
    {
        SourceLatch latch = Latch(At("127.0.0.1", 4000));
        Assert.All(Stream(ref latch, At("127.0.0.66", 5555), packets: 60, from: 0), static verdict => Assert.Equal(LatchVerdict.Reject, verdict));
        Assert.Equal(At("127.0.0.1", 4000), latch.Destination);
        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(At("127.0.0.1", 4000), 1, 1, Ms(1300)));
        latch = Latch(At("127.0.0.1", 4000));
        Stream(ref latch, At("127.0.0.66", 5555), packets: 200, from: 0);
        Assert.Equal(At("127.0.0.66", 5555), latch.Destination);
    }

    [Fact]
    public void NothingSignalled_TakesAndLearnsNothing()
    {
        SourceLatch latch = Latch(default);
        Assert.False(latch.Destination.HasAddress);
        Assert.All(Stream(ref latch, Attacker, 500, 0), static v => Assert.Equal(LatchVerdict.Reject, v));

        // Nor does it count for anything once the peer has said where it is.
        latch.Expect(At("192.168.1.2", 4000));
        Assert.False(latch.IsLatched);
        Assert.Equal(LatchVerdict.Accept, latch.Inspect(Attacker, 9, 500, Ms(10_000)));
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, OtherPort, 4, 10_001)[^1]);
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("192.168.1.2")]
    public void Untold_TakesAndLearnsNothing(string signalled)
    {
        SourceLatch latch = Latch(At(signalled, 4000));
        latch.IsUntold = true;
        Assert.All(Stream(ref latch, Attacker, 500, 0), static v => Assert.Equal(LatchVerdict.Reject, v));
        Assert.All(Stream(ref latch, At(signalled, 4000), 4, 10_000), static v => Assert.Equal(LatchVerdict.Reject, v));
        latch.IsUntold = false;
        Assert.Equal((At(signalled, 4000), 0), (latch.Destination, latch.UnconfirmedPackets));
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, At(signalled, 4000), 1, 10_100)[0]);
    }

    [Fact]
    public void WhereThePeerSignalsFrom_IsWhereAPrivateAddressIs()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        latch.SignalsFrom = At("203.0.113.7", 5060);
        Assert.Equal([LatchVerdict.Accept, LatchVerdict.AcceptAndLearned], Stream(ref latch, OtherPort, 2, 0));
        Assert.Equal((SourceRank.Address, OtherPort), (latch.Rank, latch.Destination));
        Assert.All(Stream(ref latch, Attacker, 500, 100), static v => Assert.Equal(LatchVerdict.Reject, v));

        // Of who names a public address it says nothing: a proxy's, mostly.
        latch = Latch(At("203.0.113.9", 4000));
        latch.SignalsFrom = At("203.0.113.7", 5060);
        Assert.All(Stream(ref latch, OtherPort, 100, 0), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Theory]
    [InlineData(500, 2)]
    [InlineData(60_000, 4)]
    public void WhereThePeerSignalsFrom_TakesOverFromWhoeverWasFirst(long speaksAt, int packets)
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        latch.SignalsFrom = At("203.0.113.7", 5060);
        Stream(ref latch, Attacker, 20, 0);
        Assert.Equal(Attacker, latch.Source);
        LatchVerdict[] verdicts = Stream(ref latch, OtherPort, packets, speaksAt);
        Assert.Equal(LatchVerdict.AcceptAndLearned, verdicts[^1]);
        Assert.All(verdicts[..^1], static v => Assert.Equal(LatchVerdict.Reject, v));
        Assert.Equal(OtherPort, latch.Destination);
        Assert.All(Stream(ref latch, Attacker, 500, speaksAt + 100), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Fact]
    public void UnsignalledSource_WhilePublicOneWasSignalled_WaitsForTheWindow()
    {
        SourceLatch latch = Latch(Signalled);
        for (int i = 0; i < 150; i++)
        {
            Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 9, (ushort)i, Ms(i * 20)));
        }

        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(Attacker, 9, 150, Ms(3000)));
    }

    [Fact]
    public void ExactSource_WithinTheWindow_TakesOverFromAnyOther()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, Attacker, 50, 0);
        Assert.True(latch.IsLatched);
        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(At("192.168.1.2", 4000), 1, 1, Ms(2999)));
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 9, 51, Ms(2999)));
    }

    [Fact]
    public void ExactSource_AfterTheWindow_TakesOverByAWholeProbation()
    {
        SourceLatch latch = Latch(Signalled);
        Stream(ref latch, Attacker, 200, 0);
        Assert.Equal(Attacker, latch.Source);
        Assert.Equal(
            [LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.AcceptAndLearned], Stream(ref latch, Signalled, 4, 10_000));
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 9, 201, Ms(10_100)));
    }

    [Fact]
    public void SendsToSignalled_LearnsWhoSends_AndNeverSendsThere()
    {
        SourceLatch latch = Latch(Signalled);
        latch.SendsToSignalled = true;
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, Attacker, 4, 0)[^1]);
        Assert.Equal((Attacker, Signalled), (latch.Source, latch.Destination));
        Assert.True(latch.AcceptsControlFrom(Signalled));
        Assert.True(latch.AcceptsControlFrom(Attacker));
    }

    [Fact]
    public void WaitsForPeer_HasNoDestination_UntilASourceIsLearned()
    {
        SourceLatch latch = Latch(Signalled);
        latch.WaitsForPeer = true;
        Assert.False(latch.Destination.HasAddress);
        Assert.True(latch.AcceptsControlFrom(Signalled));
        latch.Inspect(Signalled, 1, 1, Ms(0));
        Assert.Equal(Signalled, latch.Destination);
    }

    [Fact]
    public void OtherPort_AfterTheWindow_TakesOverByAWholeProbation_FromAnotherAddressAlone()
    {
        SourceLatch latch = Latch(Signalled);
        Stream(ref latch, Attacker, 200, 0);
        Assert.Equal(Attacker, latch.Source);
        Assert.Equal([LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.AcceptAndLearned], Stream(ref latch, OtherPort, 4, 10_000));
        Assert.All(Stream(ref latch, At("203.0.113.7", 41236), 100, 11_000), static v => Assert.Equal(LatchVerdict.Reject, v));
        Assert.All(Stream(ref latch, Attacker, 100, 14_000), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("192.168.1.2")]
    public void RtpBleed_SprayBeforeTheCall_RelaysAtMostFive_AndIsNeverSentTo(string signalledAddress)
    {
        NetworkEndpoint signalled = At(signalledAddress, 4000);
        SourceLatch latch = Latch(signalled);
        int relayed = 0;
        for (int i = 0; i < 10_000; i++)
        {
            // 12-byte headers from a thousand ports of many hosts, the same header every time: what the public tools send.
            NetworkEndpoint source = At($"198.51.100.{i % 250}", (ushort)(1000 + (i % 1000)));
            LatchVerdict verdict = latch.Inspect(source, 0, 0, Ms(i));
            Assert.NotEqual(LatchVerdict.AcceptAndLearned, verdict);
            relayed += verdict == LatchVerdict.Accept ? 1 : 0;
        }

        Assert.InRange(relayed, 0, 5);
        Assert.Equal(signalled, latch.Destination);
        Assert.Equal(10_000 - relayed, latch.RejectedPackets);
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, signalled, 4, 10_001)[0]);
    }

    [Fact]
    public void RtpInject_AfterLatching_WithTheRightSsrcAndSequence_IsRejected()
    {
        SourceLatch latch = Latch(Signalled);
        for (int i = 0; i < 500; i++)
        {
            latch.Inspect(Signalled, 42, (ushort)i, Ms(i * 20));
            Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 42, (ushort)(i + 1), Ms((i * 20) + 1)));
        }

        Assert.Equal(Signalled, latch.Source);
    }

    [Fact]
    public void LatchedSource_WithAnotherSsrc_IsAccepted()
    {
        SourceLatch latch = Latch(Signalled);
        latch.Inspect(Signalled, 1, 1, Ms(0));
        Assert.Equal(LatchVerdict.Accept, latch.Inspect(Signalled, 2, 60_000, Ms(20)));
    }

    [Theory]
    [InlineData(0, 1, 20, "the same sequence number")]
    [InlineData(-1, 1, 20, "falling sequence numbers")]
    [InlineData(17, 1, 20, "steps of 17")]
    [InlineData(1, 2, 20, "another SSRC each time")]
    [InlineData(1, 1, 1001, "pauses of more than a second")]
    public void Candidate_ThatIsNoStream_NeverLatches(int step, uint ssrcs, int intervalMs, string why)
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        for (int i = 0; i < 100; i++)
        {
            Assert.True(latch.Inspect(Attacker, (uint)i % ssrcs, unchecked((ushort)(30_000 + (i * step))), Ms(i * intervalMs)) != LatchVerdict.AcceptAndLearned, why);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32767)]
    [InlineData(32768)]
    [InlineData(65534)]
    [InlineData(65535)]
    public void Probation_CountsAcrossTheWrap(ushort origin)
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(LatchVerdict.Accept, latch.Inspect(Attacker, 9, unchecked((ushort)(origin + i)), Ms(i * 20)));
        }

        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(Attacker, 9, unchecked((ushort)(origin + 3)), Ms(60)));
    }

    [Fact]
    public void SprayFromManySources_DoesNotDisplaceTheSignalledAddress()
    {
        SourceLatch latch = Latch(Signalled);
        Assert.NotEqual(LatchVerdict.AcceptAndLearned, latch.Inspect(OtherPort, 1, 1, Ms(0)));
        for (int i = 0; i < 1000; i++)
        {
            latch.Inspect(At($"198.51.100.{i % 200}", (ushort)(2000 + i)), 9, (ushort)i, Ms(1));
        }

        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(OtherPort, 1, 2, Ms(20)));
    }

    [Fact]
    public void ReInvite_WithTheSameEndpoint_OrAHold_ChangesNothing()
    {
        SourceLatch latch = Latch(Signalled);
        Stream(ref latch, OtherPort, 2, 0);
        latch.Expect(Signalled);
        latch.Expect(default);
        latch.Expect(At("0.0.0.0", 4000));
        latch.Expect(At("203.0.113.8", 0));
        Assert.True(latch.IsLatched);
        Assert.Equal(OtherPort, latch.Source);
        Assert.Equal(Signalled, latch.Signalled);
    }

    [Fact]
    public void ReInvite_ToAnotherEndpoint_LearnsAnew_AndStrayPacketsOfTheOldOneDoNotLatch()
    {
        SourceLatch latch = Latch(Signalled);
        Stream(ref latch, Signalled, 10, 0);
        NetworkEndpoint moved = At("203.0.113.7", 4002);
        latch.Expect(moved);
        Assert.Equal(moved, latch.Destination);
        Assert.All(Stream(ref latch, Signalled, 10, 300), static v => Assert.Equal(LatchVerdict.Accept, v));
        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(moved, 1, 1, Ms(600)));
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(Signalled, 1, 30, Ms(620)));
        Assert.Equal(moved, latch.Source);
    }

    [Fact]
    public void ReInvite_OfAPhoneThatKeepsSendingFromWhereItDid_LatchesThereAgainAfterTheWindow()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, Attacker, 10, 0);
        latch.Expect(At("192.168.1.2", 4002));
        LatchVerdict[] verdicts = Stream(ref latch, Attacker, 200, 1000);
        Assert.DoesNotContain(LatchVerdict.Reject, verdicts);
        Assert.Equal(1, verdicts.Count(static v => v == LatchVerdict.AcceptAndLearned));
        Assert.Equal(Attacker, latch.Destination);
    }

    [Fact]
    public void ReInvite_ToWhereThePeerAlreadySendsFrom_IsFinalAtOnce()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, Attacker, 10, 0);
        latch.Expect(Attacker);
        Assert.Equal(SourceRank.Exact, latch.Rank);
        Assert.Equal(LatchVerdict.Accept, latch.Inspect(Attacker, 9, 11, Ms(400)));
    }

    [Fact]
    public void ReInvite_OfAPhoneBehindNat_FollowsIt_AndNobodyElse()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, OtherPort, 10, 0);
        latch.Expect(At("192.168.1.2", 4002), isSamePeer: true);

        // The phone still sends from where it did, and a stranger beside it, all the window and longer.
        int strangers = 0;
        for (int i = 0; i < 400; i++)
        {
            strangers += latch.Inspect(Attacker, 66, (ushort)i, Ms(1000 + (i * 20))) == LatchVerdict.Reject ? 0 : 1;
            Assert.NotEqual(LatchVerdict.Reject, latch.Inspect(OtherPort, 9, (ushort)(10 + i), Ms(1001 + (i * 20))));
            Assert.NotEqual(Attacker, latch.Source);
        }

        Assert.InRange(strangers, 0, LatchLimits.MaxUnconfirmedPackets);
        Assert.Equal(OtherPort, latch.Source);

        // It moves in fact: another port of its NAT, with the stranger in between.
        latch.Expect(At("192.168.1.2", 4004), isSamePeer: true);
        NetworkEndpoint moved = At("203.0.113.7", 41238);
        Stream(ref latch, Attacker, 40, 9_010);
        Assert.False(latch.IsLatched);
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, moved, 2, 9_900)[^1]);
        Assert.Equal(moved, latch.Destination);
        Assert.All(Stream(ref latch, Attacker, 400, 10_000), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Fact]
    public void ReInvite_OfAPhoneThatIsBehindAnotherNatNow_IsFollowedOnceTheOldSourceIsSilent()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, OtherPort, 10, 0);
        latch.Expect(At("10.1.1.2", 4000), isSamePeer: true);
        NetworkEndpoint moved = At("198.51.100.44", 7000);
        LatchVerdict[] verdicts = Stream(ref latch, moved, 60, 5_000);
        Assert.Equal(50, Array.IndexOf(verdicts, LatchVerdict.AcceptAndLearned));
        Assert.Equal(moved, latch.Destination);
    }

    [Fact]
    public void AnotherFork_BehindNat_IsFollowedAtOnce_WhileTheFirstIsStillHeard()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        Stream(ref latch, OtherPort, 10, 0);
        latch.Expect(At("10.1.1.2", 4000));
        NetworkEndpoint fork = At("198.51.100.44", 7000);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(LatchVerdict.Accept, latch.Inspect(OtherPort, 9, (ushort)(10 + i), Ms(200 + (i * 20))));
            Assert.NotEqual(LatchVerdict.AcceptAndLearned, latch.Inspect(fork, 5, (ushort)i, Ms(201 + (i * 20))));
        }

        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(fork, 5, 3, Ms(261)));
        Assert.Equal(LatchVerdict.Reject, latch.Inspect(OtherPort, 9, 13, Ms(262)));
    }

    [Fact]
    public void SignalledAddressOnly_IsThatAlone_WhateverWasHeardBefore()
    {
        SourceLatch latch = Latch(Signalled);
        latch.AcceptsSignalledAddressOnly = true;
        Stream(ref latch, Signalled, 10, 0);
        latch.Expect(At("203.0.113.8", 4000), isSamePeer: true);
        Assert.All(Stream(ref latch, Signalled, 400, 300), static v => Assert.Equal(LatchVerdict.Reject, v));
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, At("203.0.113.8", 4002), 2, 9_000)[^1]);

        // Nor does a private one let anybody in, or where the peer signals from.
        latch = Latch(At("192.168.1.2", 4000));
        latch.AcceptsSignalledAddressOnly = true;
        latch.SignalsFrom = At("203.0.113.7", 5060);
        Assert.All(Stream(ref latch, OtherPort, 400, 0), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Fact]
    public void Relearn_ForgetsWhoWasHeard_AndKeepsWhatWasSaid()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        latch.SignalsFrom = At("203.0.113.7", 5060);
        latch.AllowsHandover = true;
        Stream(ref latch, Attacker, 10, 0);
        Assert.True(latch.IsLatched);
        latch.Relearn();
        Assert.Equal((false, At("192.168.1.2", 4000), true), (latch.IsLatched, latch.Destination, latch.AllowsHandover));
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, OtherPort, 2, 300)[^1]);
    }

    [Fact]
    public void ReInvites_DoNotRenewTheAllowanceOfUnprovenPackets()
    {
        SourceLatch latch = Latch(default);
        int relayed = 0;
        for (int i = 0; i < 200; i++)
        {
            latch.Expect(At("192.168.1.2", (ushort)(4000 + i)));
            relayed += latch.Inspect(At("198.51.100.1", (ushort)(1000 + i)), 0, 0, Ms(i)) == LatchVerdict.Accept ? 1 : 0;
        }

        Assert.Equal(LatchLimits.MaxUnconfirmedPackets, relayed);
    }

    [Fact]
    public void WithoutAHeader_EveryPacketOfASourceCountsAsTheNext()
    {
        SourceLatch latch = Latch(At("192.168.1.2", 4000));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(LatchVerdict.Accept, latch.Inspect(Attacker, Ms(i * 20)));
        }

        Assert.Equal(LatchVerdict.AcceptAndLearned, latch.Inspect(Attacker, Ms(60)));
    }

    [Fact]
    public void RTCP_IsBelievedFromThePeersAddressOnly()
    {
        SourceLatch latch = Latch(Signalled);
        Assert.True(latch.AcceptsControlFrom(At("203.0.113.7", 4001)));
        Assert.False(latch.AcceptsControlFrom(Attacker));
        Assert.False(Latch(default).AcceptsControlFrom(Attacker));
        Assert.False(Latch(default).AcceptsControlFrom(default));
    }

    private static SourceLatch Latch(NetworkEndpoint signalled)
    {
        SourceLatch latch = default;
        latch.Reset(signalled);
        return latch;
    }

    private static LatchVerdict[] Stream(ref SourceLatch latch, NetworkEndpoint source, int packets, long from)
    {
        LatchVerdict[] verdicts = new LatchVerdict[packets];
        for (int i = 0; i < packets; i++)
        {
            verdicts[i] = latch.Inspect(source, 9, (ushort)i, Ms(from + (i * 20)));
        }

        return verdicts;
    }

    private static NetworkEndpoint At(string address, ushort port)
    {
        Assert.True(NetworkEndpoint.TryParseAddress(System.Text.Encoding.ASCII.GetBytes(address), port, out NetworkEndpoint endpoint), address);
        return endpoint;
    }

    private static Timestamp Ms(long milliseconds) => Timestamp.FromMilliseconds(milliseconds);

    [Fact]
    public void Handover_IsOffByDefault_HoweverLongTheSilence()
    {
        SourceLatch latch = Latch(Signalled);
        Stream(ref latch, Signalled, 10, 0);
        Assert.All(Stream(ref latch, Attacker, 500, 60_000), static v => Assert.Equal(LatchVerdict.Reject, v));
    }

    [Fact]
    public void Handover_WhenAllowed_TakesASilenceAndAWholeProbation()
    {
        SourceLatch latch = Latch(Signalled);
        latch.AllowsHandover = true;
        latch.Reset(Signalled);
        Stream(ref latch, Signalled, 10, 0);
        NetworkEndpoint moved = At("198.51.100.44", 7000);

        // The last packet came at 180 ms; nobody takes over before 1,180.
        Assert.All(Stream(ref latch, moved, 40, 300), static v => Assert.Equal(LatchVerdict.Reject, v));
        Assert.Equal(Signalled, latch.Source);
        Assert.Equal([LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.Reject, LatchVerdict.AcceptAndLearned], Stream(ref latch, moved, 4, 4_000));
        Assert.Equal(moved, latch.Destination);

        // Whoever was signalled comes back as ever, by a whole probation.
        Assert.Equal(LatchVerdict.AcceptAndLearned, Stream(ref latch, Signalled, 4, 4_200)[^1]);
        Assert.Equal(Signalled, latch.Source);
    }

    [Fact]
    public void Handover_FromASourceThatStillSpeaks_NeverHappens()
    {
        SourceLatch latch = Latch(Signalled);
        latch.AllowsHandover = true;
        for (int i = 0; i < 500; i++)
        {
            latch.Inspect(Signalled, 1, (ushort)i, Ms(i * 20));
            Assert.Equal(LatchVerdict.Reject, latch.Inspect(Attacker, 9, (ushort)i, Ms((i * 20) + 1)));
        }

        Assert.Equal(0, latch.UnconfirmedPackets);
    }
}
