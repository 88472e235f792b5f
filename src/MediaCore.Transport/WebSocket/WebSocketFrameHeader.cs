using System.Buffers.Binary;

namespace MediaCore.Transport.WebSocket;

/// <summary>The header of a frame, RFC 6455 §5.2: FIN, three reserved bits, opcode; MASK and length in 7, 16 or 64 bits; the mask.</summary>
/// <param name="IsFinal">Whether it is the last frame of its message.</param>
/// <param name="Opcode">What it is.</param>
/// <param name="IsMasked">Whether its data is masked, as a client's always is.</param>
/// <param name="Mask">The masking key: its first byte on the wire is the lowest eight bits here.</param>
/// <param name="PayloadBytes">Bytes of data that follow.</param>
public readonly record struct WebSocketFrameHeader(bool IsFinal, WebSocketOpcode Opcode, bool IsMasked, uint Mask, ulong PayloadBytes)
{
    /// <summary>What reading a header found.</summary>
    public enum ReadResult
    {
        /// <summary>There is not all of it yet.</summary>
        NeedMoreData,

        /// <summary>It is whole and keeps the rules that concern one frame alone.</summary>
        Complete,

        /// <summary>It breaks a rule: <see cref="WebSocketCloseCode.ProtocolError"/>.</summary>
        Invalid,
    }

    /// <summary>Whether it concerns the connection rather than a message; such frames may stand between the frames of one.</summary>
    public bool IsControl => ((byte)Opcode & 8) != 0;

    /// <summary>Reads a header from the start of the input; what can be refused by the first two bytes is, without waiting for more.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> input, out WebSocketFrameHeader header, out int headerBytes)
    {
        header = default;
        headerBytes = 0;
        if (input.Length < 2)
        {
            return input.Length == 1 && !IsValidStart(input[0]) ? ReadResult.Invalid : ReadResult.NeedMoreData;
        }

        bool isFinal = (input[0] & 0x80) != 0;
        var opcode = (WebSocketOpcode)(input[0] & 0x0f);
        bool isMasked = (input[1] & 0x80) != 0;
        ulong length = (uint)(input[1] & 0x7f);

        // §5.2: without an extension the reserved bits are zero. §5.5: control frames are short and whole.
        if (!IsValidStart(input[0]) || (((byte)opcode & 8) != 0 && (!isFinal || length > WebSocketLimits.MaxControlBytes)))
        {
            return ReadResult.Invalid;
        }

        int lengthBytes = length switch { 126 => 2, 127 => 8, _ => 0 };
        int total = 2 + lengthBytes + (isMasked ? 4 : 0);
        if (input.Length < total)
        {
            return ReadResult.NeedMoreData;
        }

        if (lengthBytes > 0)
        {
            ulong written = length;
            length = lengthBytes == 2 ? BinaryPrimitives.ReadUInt16BigEndian(input[2..]) : BinaryPrimitives.ReadUInt64BigEndian(input[2..]);

            // The shortest form is a must, and the top bit is zero.
            if (length < (written == 126 ? 126UL : 65_536UL) || length > long.MaxValue)
            {
                return ReadResult.Invalid;
            }
        }

        uint mask = isMasked ? BinaryPrimitives.ReadUInt32LittleEndian(input[(2 + lengthBytes)..]) : 0;
        header = new WebSocketFrameHeader(isFinal, opcode, isMasked, mask, length);
        headerBytes = total;
        return ReadResult.Complete;
    }

    /// <summary>Writes the header; returns its bytes, at most <see cref="WebSocketLimits.MaxHeaderBytes"/>.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((IsFinal ? 0x80 : 0) | (byte)Opcode);
        int length = 2;
        byte masked = (byte)(IsMasked ? 0x80 : 0);
        switch (PayloadBytes)
        {
            case < 126:
                destination[1] = (byte)(masked | (byte)PayloadBytes);
                break;
            case <= ushort.MaxValue:
                destination[1] = (byte)(masked | 126);
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)PayloadBytes);
                length += 2;
                break;
            default:
                destination[1] = (byte)(masked | 127);
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], PayloadBytes);
                length += 8;
                break;
        }

        if (IsMasked)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[length..], Mask);
            length += 4;
        }

        return length;
    }

    private static bool IsValidStart(byte first) => (first & 0x70) == 0 && (first & 0x0f) is <= 2 or (>= 8 and <= 10);
}
