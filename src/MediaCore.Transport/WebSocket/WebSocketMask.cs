using System.Numerics;
using System.Runtime.InteropServices;

namespace MediaCore.Transport.WebSocket;

/// <summary>Masking of data, RFC 6455 §5.3: the same operation masks and unmasks.</summary>
public static class WebSocketMask
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="data">A part of a frame's data.</param>
    /// <param name="mask">The key as in <see cref="WebSocketFrameHeader.Mask"/>.</param>
    /// <param name="offset">Bytes of the same frame's data before this part.</param>
    public static void Apply(Span<byte> data, uint mask, long offset)
    {
        if (mask == 0)
        {
            return;
        }

        uint key = BitOperations.RotateRight(mask, (int)(offset & 3) * 8);
        if (BitConverter.IsLittleEndian)
        {
            Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
            ulong wide = ((ulong)key << 32) | key;
            for (int i = 0; i < words.Length; i++)
            {
                words[i] ^= wide;
            }

            // Eight is a multiple of the key's four bytes, so the rest begins with the key's first one.
            data = data[(words.Length * sizeof(ulong))..];
        }

        for (int i = 0; i < data.Length; i++)
        {
            data[i] ^= (byte)(key >> ((i & 3) * 8));
        }
    }
}
