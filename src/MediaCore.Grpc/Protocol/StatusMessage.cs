using System.Buffers;
using System.Text;

namespace Grpc.Protocol;

/// <summary>The value of <c>grpc-message</c>: UTF-8, percent-encoded where it is not printable ASCII (PROTOCOL-HTTP2, Percent-Encoded).</summary>
internal static class StatusMessage
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Encodes a detail, cut at <see cref="GrpcLimits.MaxStatusMessageChars"/>, never within a character.</summary>
    public static string Encode(string detail)
    {
        if (detail.Length <= GrpcLimits.MaxStatusMessageChars && !detail.AsSpan().ContainsAnyExcept(s_plain))
        {
            return detail;
        }

        StringBuilder encoded = new(Math.Min(detail.Length * 2, GrpcLimits.MaxStatusMessageChars));
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in detail.EnumerateRunes())
        {
            bool isPlain = rune.IsAscii && s_plain.Contains((char)rune.Value);
            int count = rune.EncodeToUtf8(utf8);
            if (encoded.Length + (isPlain ? 1 : count * 3) > GrpcLimits.MaxStatusMessageChars)
            {
                break;
            }

            if (isPlain)
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (byte b in utf8[..count])
            {
                encoded.Append('%').Append(ToHex(b >> 4)).Append(ToHex(b & 15));
            }
        }

        return encoded.ToString();
    }

    /// <summary>Decodes a message. What is not a proper escape stays as it is; what is not UTF-8 becomes the replacement character.</summary>
    public static string Decode(string message)
    {
        if (!message.Contains('%'))
        {
            return message;
        }

        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(message.Length)];
        int length = 0;
        for (int i = 0; i < message.Length; i++)
        {
            if (message[i] == '%' && i + 2 < message.Length && char.IsAsciiHexDigit(message[i + 1]) && char.IsAsciiHexDigit(message[i + 2]))
            {
                bytes[length++] = (byte)((FromHex(message[i + 1]) << 4) | FromHex(message[i + 2]));
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(message.AsSpan(i, 1), bytes.AsSpan(length));
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static char ToHex(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private static int FromHex(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
