using System.Buffers.Binary;
using System.Reflection;
using MediaCore.Rtp.Srtp;
using MediaCore.Tests;
using static MediaCore.Rtp.Tests.Srtp.SrtpPackets;

namespace MediaCore.Rtp.Tests.Srtp;

public sealed class SrtpSenderTests
{
    public static TheoryData<SrtpProfile> All => [.. Profiles];

    [Theory]
    [MemberData(nameof(All))]
    public void Trailer_IsAsLongAsTheProfileSays(SrtpProfile profile)
    {
        SrtpParameters parameters = SrtpParameters.Of(profile);
        using SrtpSender sender = Sender(profile);
        Assert.Equal(172 + parameters.RtpTagBytes, sender.Protect(Packet(1)).Length);
        Assert.Equal(28 + 4 + parameters.RtcpTagBytes, sender.ProtectRtcp(Report()).Length);
        Assert.True(parameters.RtcpTagBytes + 4 <= SrtpLimits.MaxTrailerBytes(0));
    }

    [Fact]
    public void RepeatedAndFarLatePackets_AreRefused_SoThatNoKeystreamIsUsedTwice()
    {
        using SrtpSender sender = Sender(SrtpProfile.AeadAes128Gcm);
        byte[] buffer = new byte[300];
        for (int i = 200; i < 400; i++)
        {
            sender.Protect(Packet((ushort)i));
        }

        Packet(300).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.Replayed, sender.Protect(buffer, 172, out _));
        Packet(200).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.TooOld, sender.Protect(buffer, 172, out int length));
        Assert.Equal(0, length);
        Assert.Equal(Packet(200), buffer[..172]);
    }

    [Fact]
    public void LatePackets_AreProtectedWithTheirOwnCounter()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag80);
        foreach (int i in (int[])[65_534, 0, 65_535, 2, 1])
        {
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet((ushort)i)), out byte[] plain));
            Assert.Equal(Packet((ushort)i), plain);
        }
    }

    [Fact]
    public void WhatIsNoPacket_OrHasNoRoom_IsRefusedAndLeftAlone()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag80);
        byte[] buffer = Packet(1);
        Assert.Equal(SrtpStatus.NoRoom, sender.Protect(buffer, buffer.Length, out _));
        Assert.Equal(SrtpStatus.NoRoom, sender.ProtectRtcp(Report(), 28, out _));
        Assert.Equal(Packet(1), buffer);
        byte[] large = new byte[200];
        Assert.Equal(SrtpStatus.Malformed, sender.Protect(large, 172, out _));
        Assert.Equal(SrtpStatus.Malformed, sender.ProtectRtcp(large, 28, out _));
        large[0] = 0x9f;
        Assert.Equal(SrtpStatus.Malformed, sender.Protect(large, 71, out _));
        Assert.Equal(SrtpStatus.Malformed, sender.Protect(large, 0, out _));
        Assert.Equal(SrtpStatus.Malformed, sender.ProtectRtcp(large, 7, out _));
        Assert.Equal(0, sender.StreamCount);
    }

    [Fact]
    public void Sources_AreBounded_AndThoseBeyondShareAPlace_WithoutUsingAnIndexTwice()
    {
        using SrtpSender sender = Sender(SrtpProfile.AesCm128HmacSha1Tag32);
        using SrtpReceiver receiver = Receiver(SrtpProfile.AesCm128HmacSha1Tag32);
        HashSet<(uint, ushort)> used = [];
        for (uint i = 0; i < SrtpLimits.MaxStreams; i++)
        {
            Hear(1, i);
        }

        for (uint i = 0; i < 1000; i++)
        {
            // A storm, and in it the first, the one that got the last place, and one that came later.
            Hear(1, 1000 + i);
            Hear((ushort)(100 + i), 0);
            Hear((ushort)(200 + i), SrtpLimits.MaxStreams - 1);
            Hear((ushort)(300 + i), 500_000);
        }

        // Whoever comes last is heard as a stream without gaps, late packets included.
        for (ushort i = 65_501; i != 100; i++)
        {
            Hear((ushort)(i ^ 1), 77_777);
        }

        Assert.Equal(SrtpLimits.MaxStreams, sender.StreamCount);

        void Hear(ushort sequenceNumber, uint ssrc)
        {
            byte[] buffer = new byte[200];
            Packet(sequenceNumber, ssrc: ssrc).CopyTo(buffer, 0);
            byte[] text = buffer[12..172];
            Assert.Equal(SrtpStatus.Ok, sender.Protect(buffer, 172, out int length));
            Assert.True(used.Add((BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(8)), BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)))));
            Assert.Equal(SrtpStatus.Ok, receiver.Unprotect(buffer.AsSpan(0, length), out int heard));
            Assert.Equal(text, buffer[12..heard]);
        }
    }

    [Theory]
    [InlineData(15, 14)]
    [InlineData(16, 12)]
    [InlineData(0, 0)]
    public void KeysOfAnotherLength_AreAMistake(int keyBytes, int saltBytes) =>
        Assert.Throws<ArgumentException>(() => new SrtpSender(SrtpProfile.AesCm128HmacSha1Tag80, new byte[keyBytes], new byte[saltBytes]).Dispose());

    [Theory]
    [InlineData(63, 1)]
    [InlineData(65, 1)]
    [InlineData(65_536, 1)]
    [InlineData(64, 0)]
    [InlineData(64, 65)]
    public void Options_HaveRanges(int windowPackets, int maxStreams) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Sender(SrtpProfile.AesCm128HmacSha1Tag80, options: new SrtpOptions { WindowPackets = windowPackets, MaxStreams = maxStreams }).Dispose());

    [Theory]
    [MemberData(nameof(All))]
    public void Released_WipesEveryKey_AndProtectsNothingMore(SrtpProfile profile)
    {
        SrtpSender sender = Sender(profile);
        SrtpReceiver receiver = Receiver(profile);
        receiver.ChangeKey(profile, Key(profile, 2), Salt(profile, 2));
        List<Array> memory = [.. KeyMemory(sender), .. KeyMemory(receiver)];
        Assert.True(memory.Count >= 9, memory.Count + " arrays");
        Assert.All(memory, array => Assert.True(Bytes(array).ContainsAnyExcept((byte)0)));
        sender.Dispose();
        receiver.Dispose();
        Assert.All(memory, array => Assert.False(Bytes(array).ContainsAnyExcept((byte)0)));
        Assert.Throws<ObjectDisposedException>(() => sender.Protect(new byte[200], 172, out _));
        Assert.Throws<ObjectDisposedException>(() => sender.ProtectRtcp(new byte[200], 28, out _));
        Assert.Throws<ObjectDisposedException>(() => receiver.Unprotect(new byte[200], out _));
        Assert.Throws<ObjectDisposedException>(() => receiver.UnprotectRtcp(new byte[200], out _));
    }

    [Theory]
    [InlineData(typeof(SrtpSender))]
    [InlineData(typeof(SrtpReceiver))]
    [InlineData(typeof(SrtpOptions))]
    public void Type_ShowsNoKeyToALogOrADebugger(Type type)
    {
        Assert.Empty(type.GetCustomAttributes<System.Diagnostics.DebuggerDisplayAttribute>());
        Assert.DoesNotContain(type.GetProperties(), property => property.PropertyType == typeof(byte[]) || property.PropertyType == typeof(ReadOnlyMemory<byte>));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void PacketBothWays_AllocatesNothing(SrtpProfile profile)
    {
        using SrtpSender sender = Sender(profile);
        using SrtpReceiver receiver = Receiver(profile);
        byte[] buffer = new byte[300];
        ushort sequenceNumber = 65_000;
        byte[] packet = Packet(0);
        byte[] report = Report();
        AllocationAssert.Zero(1_000, 1_000, () =>
        {
            sequenceNumber++;
            packet[2] = (byte)(sequenceNumber >> 8);
            packet[3] = (byte)sequenceNumber;
            packet.CopyTo(buffer, 0);
            if (sender.Protect(buffer, packet.Length, out int length) != SrtpStatus.Ok
                || receiver.Unprotect(buffer.AsSpan(0, length), out _) != SrtpStatus.Ok
                || receiver.Unprotect(buffer.AsSpan(0, length), out _) == SrtpStatus.Ok)
            {
                throw new InvalidOperationException("The packet did not come through.");
            }

            report.CopyTo(buffer, 0);
            if (sender.ProtectRtcp(buffer, report.Length, out length) != SrtpStatus.Ok
                || receiver.UnprotectRtcp(buffer.AsSpan(0, length), out _) != SrtpStatus.Ok)
            {
                throw new InvalidOperationException("The report did not come through.");
            }
        });
    }

    // Every array with key material that hangs on the object: all arrays of its own types except streams, windows and identifiers.
    private static List<Array> KeyMemory(object root)
    {
        List<Array> found = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Queue<object> open = new([root]);
        while (open.TryDequeue(out object? item))
        {
            if (!seen.Add(item) || item is SrtpStreamTable)
            {
                continue;
            }

            foreach (FieldInfo field in item.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            {
                object? value = field.GetValue(item);
                if (value is Array { Length: > 0 } array)
                {
                    found.Add(array);
                }
                else if (value is not null && value.GetType().Namespace?.StartsWith("MediaCore", StringComparison.Ordinal) == true)
                {
                    open.Enqueue(value);
                }
            }
        }

        return found;
    }

    private static byte[] Bytes(Array array)
    {
        Type element = array.GetType().GetElementType()!;
        int bytes = array.Length * (element == typeof(byte) ? 1 : System.Runtime.InteropServices.Marshal.SizeOf(array.GetValue(0)!));
        return System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(array), bytes).ToArray();
    }

    [Theory]
    [InlineData(20_000, 100)]
    [InlineData(20_000, 0)]
    [InlineData(3_000, 2_800)]
    [InlineData(65_530, 40_000)]
    public void NumberingThatBeginsAgain_UnderOneSource_GoesOnWhereItWas(int first, int again)
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using SrtpSender sender = Sender(Profile);
        using SrtpReceiver receiver = Receiver(Profile);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(SrtpStatus.Ok, receiver.Try(sender.Protect(Packet((ushort)(first + i))), out _));
        }

        // One packet far back may be a stray; its successor says that it was none.
        byte[] buffer = new byte[300];
        Packet((ushort)again).CopyTo(buffer, 0);
        Assert.Equal(SrtpStatus.TooOld, sender.Protect(buffer, 172, out _));
        for (int i = 1; i < 200; i++)
        {
            byte[] datagram = sender.Protect(Packet((ushort)(again + i)));
            Assert.Equal((ushort)(first + 19 + i), System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2)));
            Assert.Equal(SrtpStatus.Ok, receiver.Try(datagram, out _));
        }
    }

    [Fact]
    public void LatePackets_AndStrays_DoNotShiftTheNumbering()
    {
        const SrtpProfile Profile = SrtpProfile.AesCm128HmacSha1Tag80;
        using SrtpSender sender = Sender(Profile);
        byte[] buffer = new byte[300];
        sender.Protect(Packet(5_000));
        foreach (ushort stray in (ushort[])[100, 4_000, 101, 4_920, 4_921])
        {
            // The last two follow each other and are late by less than a restart: they are refused or sent as what they are.
            Packet(stray).CopyTo(buffer, 0);
            sender.Protect(buffer, 172, out _);
        }

        byte[] next = sender.Protect(Packet(5_001));
        Assert.Equal(5_001, System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(next.AsSpan(2)));
    }
}
