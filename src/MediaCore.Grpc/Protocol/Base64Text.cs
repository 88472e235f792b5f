using System.Buffers.Text;

namespace Grpc.Protocol;

/// <summary>Values of binary headers: base64, written without padding, read with or without (PROTOCOL-HTTP2, Binary-Header).</summary>
internal static class Base64Text
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Reads one value; null when it is not base64.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        text = text.Trim(' ').TrimEnd('=');
        if (text.IsEmpty)
        {
            return [];
        }

        int missing = (4 - (text.Length % 4)) % 4;
        if (missing == 3)
        {
            return null;
        }

        char[] padded = new char[text.Length + missing];
        text.CopyTo(padded);
        padded.AsSpan(text.Length).Fill('=');
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        return Convert.TryFromBase64Chars(padded, bytes, out int written) ? bytes[..written] : null;
    }
}
