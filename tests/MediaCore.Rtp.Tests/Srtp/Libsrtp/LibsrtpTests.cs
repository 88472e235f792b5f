using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Srtp;
using static MediaCore.Rtp.Tests.Srtp.SrtpPackets;

namespace MediaCore.Rtp.Tests.Srtp.Libsrtp;

/// <summary>The same packets through libsrtp2 and through us, both ways: what one protects the other takes, and what one refuses the other refuses.</summary>
public sealed class LibsrtpTests
{
    private const int Packets = 1500;

    // Without AES-192, for which libsrtp derives session keys as for AES-256 and not as RFC 6188 says (its issue 763; SrtpVectorTests has the RFC's keys), and without a key identifier
    // beside 32-bit tags, where it looks for RTCP's at the distance of RTP's.
    public static TheoryData<SrtpProfile, bool> Cases
    {
        get
        {
            TheoryData<SrtpProfile, bool> cases = [];
            foreach (SrtpProfile profile in Profiles)
            {
                SrtpParameters parameters = SrtpParameters.Of(profile);
                if (parameters.KeyBytes != 24)
                {
                    cases.Add(profile, false);
                    if (parameters.RtpTagBytes == parameters.RtcpTagBytes)
                    {
                        cases.Add(profile, true);
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatWeProtect_LibsrtpTakes_LostReorderedAndRepeated(SrtpProfile profile, bool withMki)
    {
        byte[] mki = withMki ? [1, 2, 3, 4] : [];
        using LibsrtpPeer peer = new();
        peer.CreateReceiver(profile, Key(profile), Salt(profile), mki);
        using SrtpSender sender = Sender(profile, mki: mki);
        using SrtpReceiver ours = Receiver(profile, mki: mki);
        foreach ((byte[] packet, byte[] datagram, bool rtcp) in Journey(profile, (packet, rtcp) => rtcp ? sender.ProtectRtcp(packet) : sender.Protect(packet)))
        {
            int theirStatus = peer.Unprotect(datagram, rtcp, out byte[] theirs);
            SrtpStatus status = rtcp ? ours.TryRtcp(datagram, out byte[] plain) : ours.Try(datagram, out plain);
            Agree(theirStatus, status);
            Assert.True(status != SrtpStatus.Ok || (theirs.AsSpan().SequenceEqual(packet) && plain.AsSpan().SequenceEqual(packet)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void WhatLibsrtpProtects_WeTake_LostReorderedAndRepeated(SrtpProfile profile, bool withMki)
    {
        byte[] mki = withMki ? [9] : [];
        using LibsrtpPeer peer = new();
        peer.CreateSender(profile, Key(profile), Salt(profile), mki);
        peer.CreateReceiver(profile, Key(profile), Salt(profile), mki);
        using SrtpReceiver receiver = Receiver(profile, mki: mki);
        byte[] Protect(byte[] packet, bool rtcp)
        {
            Assert.Equal(0, peer.Protect(packet, rtcp, out byte[] datagram));
            return datagram;
        }

        foreach ((byte[] packet, byte[] datagram, bool rtcp) in Journey(profile, Protect))
        {
            SrtpStatus status = rtcp ? receiver.TryRtcp(datagram, out byte[] plain) : receiver.Try(datagram, out plain);
            Agree(peer.Unprotect(datagram, rtcp, out _), status);
            Assert.True(status != SrtpStatus.Ok || plain.AsSpan().SequenceEqual(packet));
        }
    }

    private static void Agree(int theirs, SrtpStatus ours)
    {
        switch (ours)
        {
            case SrtpStatus.Ok:
                Assert.Equal(0, theirs);
                break;
            case SrtpStatus.Replayed:
                Assert.Equal(LibsrtpPeer.Replayed, theirs);
                break;
            case SrtpStatus.TooOld:
                Assert.Equal(LibsrtpPeer.TooOld, theirs);
                break;
            default:
                Assert.NotEqual(0, theirs);
                break;
        }
    }

    // Packets of two sources with anything in their headers, protected in order; then some are lost, some come late, twice, far too late or damaged. Sequence numbers
    // jump, so that the rollover counter moves several times.
    private static IEnumerable<(byte[] Packet, byte[] Datagram, bool Rtcp)> Journey(SrtpProfile profile, Func<byte[], bool, byte[]> protect)
    {
        Random random = new(100 + (int)profile);
        int[] sequence = [65_000, random.Next(65_536)];
        List<(byte[] Packet, byte[] Datagram, bool Rtcp)> recent = [];
        for (int i = 0; i < Packets; i++)
        {
            int source = random.Next(4) == 0 ? 1 : 0;
            bool rtcp = random.Next(12) == 0;
            // After a long step back and forth would be two ways to read a number; real streams step less.
            sequence[source] += random.Next(20) == 0 ? random.Next(1, 12_000) : 1;
            byte[] packet = rtcp ? RandomReport(random, Ssrc + (uint)source) : RandomPacket(random, (ushort)sequence[source], Ssrc + (uint)source);
            recent.Add((packet, protect(packet, rtcp), rtcp));
            if (recent.Count > 300)
            {
                recent.RemoveAt(0);
            }

            int fate = random.Next(20);
            if (fate < 2 && i > 10)
            {
                continue;
            }

            // The first packets arrive: who sees a source late has to know its counter from elsewhere.
            yield return recent[i < 10 ? recent.Count - 1 : Math.Max(0, recent.Count - 1 - (fate < 6 ? random.Next(8) : 0))];
            if (fate == 7)
            {
                yield return recent[random.Next(recent.Count)];
            }
            else if (fate == 8)
            {
                (byte[] original, byte[] damaged, bool control) = recent[^1];
                damaged = [.. damaged];
                damaged[random.Next(12, damaged.Length)] ^= (byte)(1 << random.Next(8));
                yield return (original, damaged, control);
            }
        }
    }

    private static byte[] RandomPacket(Random random, ushort sequenceNumber, uint ssrc)
    {
        int contributors = random.Next(3) == 0 ? random.Next(16) : 0;
        int extensionWords = random.Next(3) == 0 ? random.Next(1, 12) : -1;
        int header = RtpHeader.MinBytes + (contributors * 4) + (extensionWords >= 0 ? 4 + (extensionWords * 4) : 0);
        byte[] packet = new byte[header + random.Next(random.Next(10) == 0 ? 1400 : 250)];
        random.NextBytes(packet);
        RtpHeader.Write(packet, (byte)random.Next(128), random.Next(2) == 0, sequenceNumber, (uint)random.Next(), ssrc);
        packet[0] |= (byte)(contributors | (extensionWords >= 0 ? 0x10 : 0));
        if (extensionWords >= 0)
        {
            packet[RtpHeader.MinBytes + (contributors * 4) + 2] = 0;
            packet[RtpHeader.MinBytes + (contributors * 4) + 3] = (byte)extensionWords;
        }

        return packet;
    }

    private static byte[] RandomReport(Random random, uint ssrc)
    {
        byte[] report = Report(ssrc);
        byte[] rest = new byte[random.Next(60) * 4];
        random.NextBytes(rest);
        return [.. report, .. rest];
    }
}
