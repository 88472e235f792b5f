using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;
using MediaCore.Transport.WebSocket;

namespace MediaCore.Transport.Tests.WebSocket;

public sealed class WebSocketFrameTests
{
    private const int MaxMessageBytes = 65_535;

    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65_535, 4)]
    [InlineData(65_536, 10)]
    public void Header_Written_IsReadBack_AndNeedsEveryByte(long payload, int bytes)
    {
        foreach (bool masked in (bool[])[false, true])
        {
            var header = new WebSocketFrameHeader(true, WebSocketOpcode.Binary, masked, masked ? 0x0403_0201u : 0, (ulong)payload);
            byte[] buffer = new byte[WebSocketLimits.MaxHeaderBytes];
            int length = header.Write(buffer);
            Assert.Equal(bytes + (masked ? 4 : 0), length);
            for (int cut = 0; cut < length; cut++)
            {
                Assert.Equal(WebSocketFrameHeader.ReadResult.NeedMoreData, WebSocketFrameHeader.TryRead(buffer.AsSpan(0, cut), out _, out _));
            }

            Assert.Equal(WebSocketFrameHeader.ReadResult.Complete, WebSocketFrameHeader.TryRead(buffer, out WebSocketFrameHeader read, out int used));
            Assert.Equal((header, length), (read, used));
        }
    }

    [Theory]
    [InlineData("C1 80 00000000", "a reserved bit")]
    [InlineData("83 80 00000000", "opcode 3")]
    [InlineData("8B 80 00000000", "opcode 11")]
    [InlineData("09 80 00000000", "a ping in pieces")]
    [InlineData("89 FE 0080 00000000", "a ping of 128 bytes")]
    [InlineData("82 FE 0001 00000000", "a length not in its shortest form")]
    [InlineData("82 FF 0000000000000080 00000000", "a length not in its shortest form")]
    [InlineData("82 FF 8000000000000000 00000000", "a length with its top bit")]
    [InlineData("81 05 48656C6C6F", "a client's frame without a mask")]
    [InlineData("80 80 00000000", "a continuation of nothing")]
    [InlineData("01 81 00000000 41 81 81 00000000 41", "a message inside another")]
    [InlineData("88 81 00000000 03", "half a close code")]
    [InlineData("88 82 00000000 03ED", "close code 1005")]
    [InlineData("88 82 00000000 03E7", "close code 999")]
    public void Frame_ThatBreaksARule_EndsTheStream(string hex, string why)
    {
        using var receiver = new WebSocketReceiver(MaxMessageBytes);
        Assert.True(ReadAll(receiver, Hex(hex), 1, out List<string> found) == WebSocketEvent.Invalid, why);
        Assert.DoesNotContain(found, static f => f.StartsWith("message", StringComparison.Ordinal));
        Assert.Equal(WebSocketCloseCode.ProtocolError, receiver.CloseCode);

        // Nothing that follows is looked at.
        Assert.Equal(WebSocketEvent.NeedMoreData, receiver.Receive(new ReadOnlySequence<byte>(Masked(WebSocketOpcode.Text, "later"u8)), out _));
    }

    [Fact]
    public void Text_OfRfc6455_IsUnmasked()
    {
        using var receiver = new WebSocketReceiver(MaxMessageBytes);
        ReadAll(receiver, Hex("8185 37FA213D 7F9F4D5158"), int.MaxValue, out List<string> found);
        Assert.Equal(["message Hello"], found);
    }

    [Fact]
    public void Text_ThatIsNotUtf8_Is1007_AndBinaryIsTaken()
    {
        using var text = new WebSocketReceiver(MaxMessageBytes);
        Assert.Equal(WebSocketEvent.Invalid, ReadAll(text, Masked(WebSocketOpcode.Text, [0x41, 0xff]), int.MaxValue, out _));
        Assert.Equal(WebSocketCloseCode.InvalidData, text.CloseCode);
        using var binary = new WebSocketReceiver(MaxMessageBytes);
        ReadAll(binary, Masked(WebSocketOpcode.Binary, [0x41, 0xff]), int.MaxValue, out List<string> found);
        Assert.Single(found);
    }

    [Fact]
    public void Messages_InEverySegmentation_AreTheSame()
    {
        byte[] stream =
        [
            .. Masked(WebSocketOpcode.Text, "first"u8),
            .. Masked(WebSocketOpcode.Text, "sec"u8, isFinal: false),
            .. Masked(WebSocketOpcode.Ping, "in between"u8),
            .. Masked(WebSocketOpcode.Continuation, [], isFinal: false),
            .. Masked(WebSocketOpcode.Continuation, "ond"u8),
            .. Masked(WebSocketOpcode.Pong, []),
            .. Masked(WebSocketOpcode.Close, [0x03, 0xe8, (byte)'b', (byte)'y', (byte)'e']),
        ];
        string[] expected = ["message first", "ping in between", "message second", "pong", "close 1000"];
        for (int cut = 1; cut <= stream.Length; cut++)
        {
            using var receiver = new WebSocketReceiver(MaxMessageBytes);
            ReadAll(receiver, stream, cut, out List<string> found);
            Assert.Equal(expected, found);
            Assert.False(receiver.IsInsideMessage);
        }

        // Two pieces, cut at every byte.
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            using var receiver = new WebSocketReceiver(MaxMessageBytes);
            ReadAll(receiver, stream.AsMemory(0, cut), int.MaxValue, out List<string> first, out int used);
            ReadAll(receiver, stream.AsMemory(used), int.MaxValue, out List<string> second, out _);
            Assert.Equal(expected, first.Concat(second));
        }
    }

    [Fact]
    public void Message_OverTheLimit_IsRefusedByItsHeader_WithoutMemory()
    {
        using var receiver = new WebSocketReceiver(1000);
        byte[] header = new byte[WebSocketLimits.MaxHeaderBytes];
        int length = new WebSocketFrameHeader(true, WebSocketOpcode.Text, true, 1, long.MaxValue).Write(header);
        Assert.Equal(WebSocketEvent.Invalid, receiver.Receive(new ReadOnlySequence<byte>(header, 0, length), out _));
        Assert.Equal(WebSocketCloseCode.MessageTooBig, receiver.CloseCode);

        using var pieces = new WebSocketReceiver(1000);
        byte[] stream = [.. Masked(WebSocketOpcode.Text, new byte[1000], isFinal: false), .. Masked(WebSocketOpcode.Continuation, new byte[1])];
        Assert.Equal(WebSocketEvent.Invalid, ReadAll(pieces, stream, int.MaxValue, out _));
        Assert.Equal(WebSocketCloseCode.MessageTooBig, pieces.CloseCode);
    }

    [Fact]
    public void Message_OfTooManyFrames_IsRefused()
    {
        using var receiver = new WebSocketReceiver(MaxMessageBytes);
        byte[] first = Masked(WebSocketOpcode.Text, [], isFinal: false);
        byte[] more = Masked(WebSocketOpcode.Continuation, [], isFinal: false);
        receiver.Receive(new ReadOnlySequence<byte>(first), out _);
        for (int i = 1; i < WebSocketLimits.MaxFrames; i++)
        {
            Assert.Equal(WebSocketEvent.NeedMoreData, receiver.Receive(new ReadOnlySequence<byte>(more), out _));
        }

        Assert.Equal(WebSocketEvent.Invalid, receiver.Receive(new ReadOnlySequence<byte>(more), out _));
    }

    [Property]
    public bool MaskTwice_IsTheData(byte[] data, uint mask)
    {
        byte[] copy = [.. data];
        WebSocketMask.Apply(copy, mask, 0);
        bool isMasked = true;
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(key, mask);
        for (int i = 0; i < data.Length; i++)
        {
            isMasked &= copy[i] == (byte)(data[i] ^ key[i & 3]);
        }

        WebSocketMask.Apply(copy, mask, 0);
        return isMasked && copy.AsSpan().SequenceEqual(data);
    }

    [Property]
    public bool MaskInParts_IsTheMaskOfTheWhole(byte[] data, uint mask, ushort cut)
    {
        int at = data.Length == 0 ? 0 : cut % (data.Length + 1);
        byte[] whole = [.. data];
        byte[] parts = [.. data];
        WebSocketMask.Apply(whole, mask, 0);
        WebSocketMask.Apply(parts.AsSpan(0, at), mask, 0);
        WebSocketMask.Apply(parts.AsSpan(at), mask, at);
        return parts.AsSpan().SequenceEqual(whole);
    }

    [Property]
    public bool Bytes_OfAnyKind_NeverThrow_AndAreBounded(byte[] bytes, bool isFrame)
    {
        using var receiver = new WebSocketReceiver(64);
        byte[] stream = isFrame ? [.. Masked(WebSocketOpcode.Text, "ok"u8), .. bytes] : bytes;
        int steps = 2 + stream.Length;
        for (int i = 0; i < steps; i++)
        {
            WebSocketEvent found = receiver.Receive(new ReadOnlySequence<byte>(stream), out long consumed);
            stream = stream[(int)consumed..];
            if (found == WebSocketEvent.Message)
            {
                (byte[] buffer, int length) = receiver.TakeMessage();
                if (length > 64)
                {
                    return false;
                }

                if (buffer.Length > 0)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            else if (found is WebSocketEvent.NeedMoreData or WebSocketEvent.Invalid or WebSocketEvent.Close)
            {
                return true;
            }
        }

        return false;
    }

    internal static byte[] Masked(WebSocketOpcode opcode, ReadOnlySpan<byte> data, bool isFinal = true)
    {
        const uint mask = 0xa1b2_c3d4;
        byte[] frame = new byte[WebSocketLimits.MaxHeaderBytes + data.Length];
        int length = new WebSocketFrameHeader(isFinal, opcode, true, mask, (ulong)data.Length).Write(frame);
        data.CopyTo(frame.AsSpan(length));
        WebSocketMask.Apply(frame.AsSpan(length, data.Length), mask, 0);
        return frame[..(length + data.Length)];
    }

    private static WebSocketEvent ReadAll(WebSocketReceiver receiver, ReadOnlyMemory<byte> stream, int step, out List<string> found) => ReadAll(receiver, stream, step, out found, out _);

    /// <summary>Feeds a stream as a pipe does: what was not consumed comes again with more behind it.</summary>
    private static WebSocketEvent ReadAll(WebSocketReceiver receiver, ReadOnlyMemory<byte> stream, int step, out List<string> found, out int used)
    {
        found = [];
        used = 0;
        var last = WebSocketEvent.NeedMoreData;
        for (int end = Math.Min(step, stream.Length); ; end = (int)Math.Min((long)end + step, stream.Length))
        {
            do
            {
                last = receiver.Receive(new ReadOnlySequence<byte>(stream[used..end]), out long consumed);
                used += (int)consumed;
                switch (last)
                {
                    case WebSocketEvent.Message:
                        (byte[] buffer, int length) = receiver.TakeMessage();
                        found.Add("message " + Encoding.UTF8.GetString(buffer, 0, length));
                        break;
                    case WebSocketEvent.Ping:
                        found.Add("ping " + Encoding.UTF8.GetString(receiver.ControlData));
                        break;
                    case WebSocketEvent.Pong:
                        found.Add("pong");
                        break;
                    case WebSocketEvent.Close:
                        found.Add("close " + (int)receiver.CloseCode);
                        return last;
                    case WebSocketEvent.Invalid:
                        return last;
                    default:
                        break;
                }
            }
            while (last != WebSocketEvent.NeedMoreData);
            if (end == stream.Length)
            {
                return last;
            }
        }
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
