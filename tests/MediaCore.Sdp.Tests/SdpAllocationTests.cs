using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Sdp.Tests;

/// <summary>Reading an offer, answering it and writing the answer costs no managed memory once warm (IPv4).</summary>
[Collection(nameof(Alone))]
public sealed class SdpAllocationTests
{
    // A line beside the audio is kept in two small objects, at each reading of it.
    [Theory]
    [InlineData("a=sendrecv", 0)]
    [InlineData("m=image 17004 udptl t38", 160)]
    public void OfferToAnswer_Warm_AllocatesNothing_ForAudioAlone(string last, int mostBytes)
    {
        byte[] body = SdpText.Session(
            "m=audio 17000 RTP/AVP 111 9 0 8 101",
            "a=rtpmap:111 opus/48000/2",
            "a=fmtp:111 useinbandfec=1",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=rtcp:17001",
            "a=ptime:20",
            last);
        byte[] buffer = new byte[SdpLimits.MaxComposedBytes];
        SdpDescription sdp = new();
        NetworkEndpoint rtp = NetworkEndpoint.FromBytes([203, 0, 113, 5], 30000);
        AudioFormatList local = AudioFormatList.CreateG711();

        int written = 0;
        for (int i = 0; i < 200; i++)
        {
            written = Call(sdp, body, local, rtp, buffer);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_000; i++)
        {
            written += Call(sdp, body, local, rtp, buffer);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(written > 2_000 * 100);
        Assert.InRange(allocated / 2_000, 0, mostBytes);
    }

    [Fact]
    public void TwoLists_InUse_StayBeside_ThousandsThatWereUsedOnce()
    {
        // Full of others, and then pairs: those that share a place by their hash have to find room side by side.
        List<int> costly = [];
        for (int i = 0; i < 10_000; i++)
        {
            (byte[] one, byte[] other) = (Encoding.ASCII.GetBytes($"one-{i}"), Encoding.ASCII.GetBytes($"other-{i}"));
            Use(one, other);
            Use(one, other);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Use(one, other);
            if (GC.GetAllocatedBytesForCurrentThread() > before)
            {
                costly.Add(i);
            }
        }

        Assert.Empty(costly);
    }

    private static void Use(byte[] one, byte[] other)
    {
        AudioFormatList list = default;
        Assert.True(list.TryAdd(AudioFormat.Pcmu, default, one));
        list = default;
        Assert.True(list.TryAdd(AudioFormat.Pcmu, default, other));
    }

    private static int Call(SdpDescription sdp, byte[] body, in AudioFormatList local, NetworkEndpoint rtp, byte[] buffer)
    {
        bool done = sdp.TryParse(body, 0, body.Length);
        done &= OfferAnswer.TryReadAudio(sdp, out AudioDescription offer, out _);
        done &= OfferAnswer.TryAnswer(offer, local, MediaDirection.SendRecv, rtp, rtp.WithPort(30001), false, out AudioDescription answer);
        done &= OfferAnswer.TryAcceptAnswer(offer.Formats, answer.Formats, out _);
        done &= SdpComposer.TryWrite(buffer, out int written, new SdpSession(1, 1, rtp), answer, sdp);
        foreach (SdpLine line in sdp.GetMedia(0).Attributes)
        {
            written += line.AttributeName.Length;
        }

        return done ? written : 0;
    }
}
