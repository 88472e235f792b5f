using System.Buffers.Binary;

namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>Frames of HTTP/2 (RFC 9113 §4.1, §6) as bytes, right and wrong ones.</summary>
internal static class Http2Frame
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Priority = 2;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte PushPromise = 5;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;

    public const byte EndStream = 1;
    public const byte Acknowledge = 1;
    public const byte EndHeaders = 4;

    public const int HeaderBytes = 9;

    public static byte[] Make(byte type, byte flags, int stream, ReadOnlySpan<byte> payload, int? announcedLength = null)
    {
        byte[] frame = new byte[HeaderBytes + payload.Length];
        int length = announcedLength ?? payload.Length;
        frame[0] = (byte)(length >> 16);
        frame[1] = (byte)(length >> 8);
        frame[2] = (byte)length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
