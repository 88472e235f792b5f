using System.Buffers.Binary;
using MediaCore.Audio.G711;
using MediaCore.Audio.Prompts;
using MediaCore.Primitives;
using MediaCore.Tests;

namespace MediaCore.Audio.Tests.Prompts;

public sealed class ClipPlayerTests
{
    [Theory]
    [InlineData(G711Law.Pcmu, 0)]
    [InlineData(G711Law.Pcma, 8)]
    public void Clip_IsSentWhole_PaddedWithSilence(G711Law law, byte payloadType)
    {
        AudioClip clip = Clip(401);
        ClipPlayer player = default;
        player.Start(clip, payloadType, law, loop: false, 0xcafe, 65534, uint.MaxValue - 159, Ms(1000));
        byte[] packet = new byte[ClipPlayer.PacketBytes];
        List<byte> payload = [];
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Ms(1000 + (i * 20)), player.NextDeadline);
            Assert.True(player.HandleDeadline(player.NextDeadline, packet, out int length));
            Assert.Equal(172, length);
            Assert.Equal(0x80, packet[0]);
            Assert.Equal(payloadType | (i == 0 ? 0x80 : 0), packet[1]);
            Assert.Equal(unchecked((ushort)(65534 + i)), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)));
            Assert.Equal(unchecked(uint.MaxValue - 159 + (uint)(i * 160)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)));
            Assert.Equal(0xcafeu, BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8)));
            payload.AddRange(packet[12..length]);
        }

        Assert.False(player.Finished);
        Assert.Equal(Ms(1060), player.NextDeadline);
        Assert.False(player.HandleDeadline(Ms(1060), packet, out int none));
        Assert.Equal(0, none);
        Assert.True(player.Finished);
        Assert.True(player.NextDeadline.IsNever);
        Assert.Equal(clip.Encoded(law).ToArray(), payload[..401]);
        Assert.All(payload[401..], b => Assert.Equal(law == G711Law.Pcmu ? 0xff : 0xd5, b));
        Assert.Equal(3, player.Packets);
    }

    [Fact]
    public void Deadline_ANanosecondEarly_DoesNothing()
    {
        ClipPlayer player = Playing(Clip(1600), loop: false);
        byte[] packet = new byte[172];
        Assert.True(player.HandleDeadline(Ms(0), packet, out _));
        Assert.False(player.HandleDeadline(new Timestamp(Ms(20).Nanoseconds - 1), packet, out _));
        Assert.True(player.HandleDeadline(Ms(20), packet, out _));
        Assert.False(player.HandleDeadline(Ms(20), packet, out _));
    }

    [Fact]
    public void LateOwner_DoesNotDrift()
    {
        ClipPlayer player = Playing(Clip(16_000), loop: true);
        byte[] packet = new byte[172];
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(Ms(i * 20L), player.NextDeadline);
            Assert.True(player.HandleDeadline(Ms((i * 20L) + (i % 15)), packet, out _));
        }
    }

    [Fact]
    public void Stall_UpToTheLimit_IsMadeUpFor_AndALongerOneMovesTheClip()
    {
        ClipPlayer player = Playing(Clip(16_000), loop: true);
        byte[] packet = new byte[172];
        int burst = 0;
        while (player.HandleDeadline(Ms(200), packet, out _))
        {
            burst++;
        }

        Assert.Equal(11, burst);
        burst = 0;
        while (player.HandleDeadline(Ms(5000), packet, out _))
        {
            burst++;
        }

        Assert.Equal(1, burst);
        Assert.Equal(Ms(5020), player.NextDeadline);
    }

    [Fact]
    public void Loop_HasNoSeam()
    {
        AudioClip clip = Clip(250);
        ClipPlayer player = Playing(clip, loop: true);
        byte[] packet = new byte[172];
        List<byte> payload = [];
        for (int i = 0; i < 25; i++)
        {
            Assert.True(player.HandleDeadline(player.NextDeadline, packet, out _));
            payload.AddRange(packet[12..]);
        }

        Assert.Equal(Enumerable.Repeat(clip.Pcmu, 16).SelectMany(static b => b), payload);
        player.Stop();
        Assert.True(player.Finished);
        Assert.False(player.HandleDeadline(Ms(10_000), packet, out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EmptyClip_IsFinishedAtItsFirstDeadline(bool loop)
    {
        ClipPlayer player = Playing(Clip(0), loop);
        Assert.False(player.HandleDeadline(Ms(0), new byte[172], out _));
        Assert.True(player.Finished);
    }

    [Fact]
    public void NextClip_ContinuesTheStream_WithTheTimeBetween()
    {
        ClipPlayer player = default;
        Assert.Throws<InvalidOperationException>(() => player.Continue(Clip(1), 0, G711Law.Pcmu, loop: false, Ms(0)));
        player.Start(Clip(160), 0, G711Law.Pcmu, loop: false, 1, 10, 1000, Ms(0));
        byte[] packet = new byte[172];
        Assert.True(player.HandleDeadline(Ms(0), packet, out _));
        Assert.False(player.HandleDeadline(Ms(20), packet, out _));
        player.Continue(Clip(160), 0, G711Law.Pcmu, loop: false, Ms(520));
        Assert.True(player.HandleDeadline(Ms(520), packet, out _));
        Assert.Equal(0x80, packet[1]);
        Assert.Equal(11, BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)));
        Assert.Equal(1000u + 160 + 4000, BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)));
    }

    [Fact]
    public void Clip_KnowsItsLengthAndCost()
    {
        AudioClip clip = Clip(12_000);
        Assert.Equal(TimeSpan.FromSeconds(1.5), clip.Duration);
        Assert.Equal(12_000, clip.Pcma.Length);
        Assert.InRange(clip.MemoryBytes, 48_000, 49_000);
    }

    [Fact]
    public void Playing_AllocatesNothing()
    {
        ClipPlayer player = Playing(Clip(1000), loop: true);
        byte[] packet = new byte[172];
        AllocationAssert.Zero(warmup: 20_000, iterations: 20_000, () => player.HandleDeadline(player.NextDeadline, packet, out _));
    }

    private static ClipPlayer Playing(AudioClip clip, bool loop)
    {
        ClipPlayer player = default;
        player.Start(clip, 0, G711Law.Pcmu, loop, 1, 0, 0, Ms(0));
        return player;
    }

    private static AudioClip Clip(int samples)
    {
        short[] pcm = new short[samples];
        for (int i = 0; i < samples; i++)
        {
            pcm[i] = (short)(((i * 7919) % 30_000) - 15_000);
        }

        return AudioClip.FromPcm(pcm);
    }

    private static Timestamp Ms(long milliseconds) => Timestamp.FromMilliseconds(milliseconds);
}
