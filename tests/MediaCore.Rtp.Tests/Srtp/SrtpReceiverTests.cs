using FsCheck.Xunit;
using MediaCore.Rtp.Srtp;
using static MediaCore.Rtp.Tests.Srtp.SrtpPackets;

namespace MediaCore.Rtp.Tests.Srtp;

public sealed class SrtpReceiverTests
{
    public static TheoryData<SrtpProfile> All => [.. Profiles];

    [Theory]
    [MemberData(nameof(All))]
    public void HeaderExtensionAndContributors_PassReadable_AndAreAuthenticated(SrtpProfile profile)
    {
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        // Two CSRCs, an extension of one word, ten bytes of payload with padding.
        byte[] packet = [0xb2, 0x80, 0x00, 0x07, 0, 0, 0, 1, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 9, 0, 0, 0, 10, 0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 2];
        byte[] datagram = sender.Protect(packet);
        Assert.Equal(packet[..28], datagram[..28]);
        Assert.NotEqual(packet[28..], datagram[28..38]);
        for (int i = 0; i < datagram.Length; i++)
        {
            byte[] changed = [.. datagram];
            changed[i] ^= 0x01;
            Assert.NotEqual(SrtpStatus.Ok, receiver.Try(changed, out _));
        }

        Assert.Equal(0, receiver.StreamCount);
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagram, out byte[] plain));
        Assert.Equal(packet, plain);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryPayloadLength_ComesBack(SrtpProfile profile)
    {
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        for (int bytes = 0; bytes < 300; bytes++)
        {
            byte[] packet = Packet((ushort)bytes, payloadBytes: bytes);
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(packet), out byte[] plain));
            Assert.Equal(packet, plain);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32_767)]
    [InlineData(32_768)]
    [InlineData(65_534)]
    [InlineData(65_535)]
    public void SequenceNumbers_FromAnywhere_GoOverTheRollover(int first)
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80);
        // Every 250th packet arrives, so that the counter rolls over twice in little time.
        for (int i = 0; i < 140_000; i += 250)
        {
            byte[] packet = Packet((ushort)(first + i));
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(packet), out byte[] plain));
            Assert.Equal(packet, plain);
        }
    }

    [Fact]
    public void LateAndReorderedPackets_AroundTheRollover_AreTakenOnce()
    {
        using SrtpSender sender = Sender(SrtpProfile.AeadAes128Gcm);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AeadAes128Gcm);
        byte[][] datagrams = [.. Enumerable.Range(65_500, 72).Select(i => sender.Protect(Packet((ushort)i)))];
        int[] order = [.. Enumerable.Range(0, datagrams.Length)];
        new Random(5).Shuffle(order.AsSpan(1));
        foreach (int i in order)
        {
            Assert.Equal(SrtpStatus.Ok, receiver.Try(datagrams[i], out _));
        }

        Assert.All(order, i => Assert.Equal(SrtpStatus.Replayed, receiver.Try(datagrams[i], out _)));
    }

    [Fact]
    public void FirstPacket_AfterALostRollover_IsTaken_AndTheOnesBeforeItToo()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80);
        byte[] last = sender.Protect(Packet(65_535));
        byte[] first = sender.Protect(Packet(0));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(first, out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(last, out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(1)), out _));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(1024)]
    public void Window_ReachesAsFarAsItSays(int packets)
    {
        SrtpOptions options = new() { WindowPackets = packets };
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80, options: options);
        byte[][] datagrams = [.. Enumerable.Range(0, packets + 2).Select(i => sender.Protect(Packet((ushort)i)))];
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagrams[0], out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagrams[^1], out _));
        Assert.Equal(SrtpStatus.TooOld, receiver.Try(datagrams[1], out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagrams[2], out _));
        Assert.Equal(SrtpStatus.Replayed, receiver.Try(datagrams[2], out _));
    }

    // AC-35: libraries that moved the counter before they looked at the tag were put out of step for good by one forged packet.
    [Theory]
    [MemberData(nameof(All))]
    public void ForgedPackets_WithEverySequenceNumber_MoveNeitherCounterNorWindow(SrtpProfile profile)
    {
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(40_000)), out _));
        byte[] forged = sender.Protect(Packet(40_001));
        byte[] held = [.. forged];
        Random random = new(7);
        for (int i = 0; i < 65_536; i += 61)
        {
            forged[2] = (byte)(i >> 8);
            forged[3] = (byte)i;
            forged[^1] = (byte)random.Next();
            if (!forged.AsSpan().SequenceEqual(held))
            {
                Assert.NotEqual(SrtpStatus.Ok, receiver.Try(forged, out _));
            }
        }

        Assert.Equal(SrtpStatus.Ok, receiver.Try(held, out byte[] plain));
        Assert.Equal(Packet(40_001), plain);
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(40_002)), out _));
    }

    [Fact]
    public void ForgedSources_MakeNoState()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80);
        byte[] datagram = sender.Protect(Packet(1));
        for (int i = 0; i < 1000; i++)
        {
            byte[] forged = [.. datagram];
            forged[8] = (byte)i;
            forged[9] = (byte)(i >> 8);
            Assert.Equal(SrtpStatus.Unauthenticated, receiver.Try(forged, out _));
        }

        Assert.Equal(0, receiver.StreamCount);
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagram, out _));
    }

    [Fact]
    public void Sources_AreBounded()
    {
        SrtpOptions options = new() { MaxStreams = 5 };
        using SrtpSender sender = Sender(SrtpProfile.AeadAes256Gcm);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AeadAes256Gcm, options: options);
        for (uint i = 0; i < 8; i++)
        {
            Assert.Equal(i < 5 ? SrtpStatus.Ok : SrtpStatus.TooManyStreams, receiver.Try(sender.Protect(Packet(1, ssrc: i)), out _));
            Assert.Equal(i < 5 ? SrtpStatus.Ok : SrtpStatus.TooManyStreams, receiver.TryRtcp(sender.ProtectRtcp(Report(ssrc: i)), out _));
        }

        Assert.Equal(5, receiver.StreamCount);
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(2, ssrc: 3)), out _));
        Assert.Equal(SrtpStatus.Replayed, receiver.Try(Sender(SrtpProfile.AeadAes256Gcm).Protect(Packet(1, ssrc: 0)), out _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Rtcp_ComesBackOnce_InAnyOrder(SrtpProfile profile)
    {
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        byte[][] datagrams = [.. Enumerable.Range(0, 20).Select(_ => sender.ProtectRtcp(Report()))];
        Assert.Equal(Report()[..8], datagrams[0][..8]);
        Assert.Equal(datagrams.Length, datagrams.Select(Convert.ToHexString).Distinct().Count());
        new Random(6).Shuffle(datagrams);
        foreach (byte[] datagram in datagrams)
        {
            for (int i = 0; i < datagram.Length; i += 3)
            {
                byte[] changed = [.. datagram];
                changed[i] ^= 0x80;
                Assert.NotEqual(SrtpStatus.Ok, receiver.TryRtcp(changed, out _));
            }

            Assert.Equal(SrtpStatus.Ok, receiver.TryRtcp(datagram, out byte[] plain));
            Assert.Equal(Report(), plain);
            Assert.Equal(SrtpStatus.Replayed, receiver.TryRtcp(datagram, out _));
        }
    }

    [Fact]
    public void Rtcp_ThatSaysItIsNotEncrypted_IsRefused()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80);
        byte[] datagram = sender.ProtectRtcp(Report());
        datagram[^14] &= 0x7f;
        Assert.Equal(SrtpStatus.Unencrypted, receiver.TryRtcp(datagram, out _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void KeyIdentifier_IsPartOfEveryPacket(SrtpProfile profile)
    {
        byte[] mki = [0, 0, 0, 7];
        using SrtpSender sender = Sender(profile, mki: mki);
        using SrtpReceiver receiver = Receiver(profile, mki: mki);
        using SrtpReceiver other = Receiver(profile, mki: [0, 0, 0, 8]);
        byte[] rtp = sender.Protect(Packet(1));
        byte[] rtcp = sender.ProtectRtcp(Report());
        Assert.Equal(SrtpStatus.UnknownKey, other.Try(rtp, out _));
        Assert.Equal(SrtpStatus.UnknownKey, other.TryRtcp(rtcp, out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(rtp, out byte[] plain));
        Assert.Equal(Packet(1), plain);
        Assert.Equal(SrtpStatus.Ok, receiver.TryRtcp(rtcp, out plain));
        Assert.Equal(Report(), plain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NewKey_WithAPeerThatGoesOnOrBeginsAgain_IsTakenFromItsFirstPacketOn(bool peerBeginsAgain)
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using SrtpSender sender = Sender(Profile);
        using SrtpReceiver receiver = Receiver(Profile);
        // The counter is at 1.
        foreach (int i in (int[])[65_530, 65_535, 3, 9])
        {
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet((ushort)i)), out _));
        }

        byte[] underWay = sender.Protect(Packet(10));
        byte[] late = sender.Protect(Packet(11));
        receiver.ChangeKey(Profile, Key(Profile, 2), Salt(Profile, 2));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(underWay, out _));
        using SrtpSender fresh = Sender(Profile, 2);
        sender.ChangeKey(Profile, Key(Profile, 2), Salt(Profile, 2));
        SrtpSender peer = peerBeginsAgain ? fresh : sender;
        byte[] first = peer.Protect(Packet(12));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(first, out byte[] plain));
        Assert.Equal(Packet(12), plain);
        Assert.Equal(SrtpStatus.Replayed, receiver.Try(first, out _));
        Assert.Equal(SrtpStatus.Unauthenticated, receiver.Try(late, out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(peer.Protect(Packet(13)), out _));
    }

    [Fact]
    public void SameKeyAgain_ChangesNothing_AndOldPacketsStayRefused()
    {
        const SrtpProfile Profile = SrtpProfile.AeadAes128Gcm;
        using SrtpSender sender = Sender(Profile);
        using SrtpReceiver receiver = Receiver(Profile);
        byte[] datagram = sender.Protect(Packet(10));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(datagram, out _));
        receiver.ChangeKey(Profile, Key(Profile), Salt(Profile));
        Assert.Equal(SrtpStatus.Replayed, receiver.Try(datagram, out _));
        sender.ChangeKey(Profile, Key(Profile), Salt(Profile));
        byte[] buffer = new byte[300];
        Packet(10).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Replayed, sender.Protect(buffer, 172, out _));
    }

    [Fact]
    public void IndexAtItsEnd_WantsANewKey()
    {
        const SrtpProfile Profile = SrtpProfile.AeadAes128Gcm;
        using SrtpSender sender = Sender(Profile);
        sender.StartStreamAt(Ssrc, SrtpLimits.MaxRtpPackets - 2);
        byte[] buffer = new byte[300];
        Packet(65_535).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Ok, sender.Protect(buffer, 172, out _));
        Packet(0).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.KeyExpired, sender.Protect(buffer, 172, out _));
    }

    [Fact]
    public void Garbage_OfEveryLength_NeverThrows_AndChangesNothing()
    {
        Random random = new(8);
        foreach (SrtpProfile profile in Profiles)
        {
            using SrtpReceiver receiver = Receiver(profile, mki: [1, 2]);
            for (int i = 0; i < 1500; i++)
            {
                byte[] garbage = new byte[i % 250];
                random.NextBytes(garbage);
                if (garbage.Length > 0 && i % 3 != 0)
                {
                    garbage[0] = (byte)(0x80 | (garbage[0] & 0x3f));
                }

                Assert.NotEqual(SrtpStatus.Ok, receiver.Try(garbage, out _));
                Assert.NotEqual(SrtpStatus.Ok, receiver.TryRtcp(garbage, out _));
            }

            Assert.Equal(0, receiver.StreamCount);
        }
    }

    // Loss, repetition, reordering and forgery in any mixture: what is taken is what was sent, each packet at most once, and a packet within the window always.
    [Property(MaxTest = 60)]
    public bool AnyOrder_TakesEachPacketOnce(ushort first, int seed)
    {
        Random random = new(seed);
        SrtpProfile profile = Profiles[random.Next(Profiles.Length)];
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        byte[][] datagrams = [.. Enumerable.Range(0, 200).Select(i => sender.Protect(Packet((ushort)(first + i), payloadBytes: 20)))];
        HashSet<int> taken = [0];
        int highest = 0;
        bool right = receiver.Try(datagrams[0], out _) == SrtpStatus.Ok;
        for (int step = 0; step < 600 && right; step++)
        {
            int i = Math.Clamp(highest + random.Next(-150, 8), 0, datagrams.Length - 1);
            if (random.Next(4) == 0)
            {
                byte[] forged = [.. datagrams[i]];
                forged[random.Next(forged.Length)] ^= (byte)(1 << random.Next(8));
                right = receiver.Try(forged, out _) != SrtpStatus.Ok;
                continue;
            }

            SrtpStatus expected = i <= highest - SrtpLimits.DefaultWindowPackets ? SrtpStatus.TooOld
                : taken.Add(i) ? SrtpStatus.Ok : SrtpStatus.Replayed;
            SrtpStatus status = receiver.Try(datagrams[i], out byte[] plain);
            right = status == expected && (status != SrtpStatus.Ok || plain.AsSpan().SequenceEqual(Packet((ushort)(first + i), payloadBytes: 20)));
            highest = Math.Max(highest, status == SrtpStatus.Ok ? i : highest);
        }

        return right;
    }

    /// <summary>An offer with another key was refused, so the peer goes on with the one before: what came under it before is known still.</summary>
    [Fact]
    public void KeyThatComesBack_BeforeTheNextWasUsed_HasItsReplayWindow()
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using SrtpSender sender = Sender(Profile);
        using SrtpReceiver receiver = Receiver(Profile);
        byte[] recorded = sender.Protect(Packet(1, payloadBytes: 20));
        Assert.Equal(SrtpStatus.Ok, receiver.Try([.. recorded], out _));
        receiver.ChangeKey(Profile, Key(Profile, 2), Salt(Profile, 2));
        receiver.ChangeKey(Profile, Key(Profile), Salt(Profile));
        Assert.Equal(SrtpStatus.Replayed, receiver.Try([.. recorded], out _));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(2, payloadBytes: 20)), out _));
        receiver.ChangeKey(Profile, Key(Profile, 3), Salt(Profile, 3));
        sender.ChangeKey(Profile, Key(Profile, 3), Salt(Profile, 3));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(3, payloadBytes: 20)), out _));
        Assert.Equal(SrtpStatus.Unauthenticated, receiver.Try([.. recorded], out _));
    }

    /// <summary>Key A, then B, then A again, all of them used: what was recorded under A must not be heard a second time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(SrtpLimits.MaxFormerKeys)]
    public void KeyThatComesBack_AfterTheNextWasUsed_TakesNothingRecorded(int keysBetween)
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using SrtpSender sender = Sender(Profile);
        using SrtpReceiver receiver = Receiver(Profile);
        List<byte[]> recorded = [];
        for (ushort i = 1; i <= 5; i++)
        {
            recorded.Add(sender.Protect(Packet(i, payloadBytes: 20)));
            Assert.Equal(SrtpStatus.Ok, receiver.Try([.. recorded[^1]], out _));
        }

        ushort sequence = 6;
        for (byte key = 2; key < 2 + keysBetween; key++)
        {
            sender.ChangeKey(Profile, Key(Profile, key), Salt(Profile, key));
            receiver.ChangeKey(Profile, Key(Profile, key), Salt(Profile, key));
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(sequence++, payloadBytes: 20)), out _));
        }

        sender.ChangeKey(Profile, Key(Profile), Salt(Profile));
        receiver.ChangeKey(Profile, Key(Profile), Salt(Profile));
        Assert.All(recorded, packet => Assert.Equal(SrtpStatus.TooOld, receiver.Try([.. packet], out _)));

        // What is new goes on, and behind it nothing old comes in.
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet(sequence, payloadBytes: 20)), out _));
        Assert.All(recorded, packet => Assert.NotEqual(SrtpStatus.Ok, receiver.Try([.. packet], out _)));
        Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet((ushort)(sequence + 1), payloadBytes: 20)), out _));
    }
}
