using System.Buffers;
using System.Globalization;
using System.Text;

namespace MediaCore.Engine.Ng;

/// <summary>What became of reading a datagram as a message.</summary>
internal enum NgMessageStatus : byte
{
    /// <summary>It is one.</summary>
    Ok,

    /// <summary>It has no cookie: nobody can be answered.</summary>
    NoCookie,

    /// <summary>What follows the cookie is no dictionary, or passes a bound.</summary>
    Malformed,
}

/// <summary>A message of the ng protocol: a cookie, a space, a dictionary in bencode or JSON. The answer has the cookie and the encoding of its request.</summary>
/// <param name="Cookie">The cookie, byte by byte.</param>
/// <param name="IsJson">JSON; else bencode.</param>
/// <param name="Content">The dictionary.</param>
internal sealed record NgMessage(string Cookie, bool IsJson, NgDictionary Content)
{
    /// <summary>Reads a datagram. Of a malformed one the cookie and the encoding are known, so that it can be answered.</summary>
    public static NgMessageStatus Parse(ReadOnlySpan<byte> datagram, out NgMessage message)
    {
        message = new NgMessage("", IsJson: false, new NgDictionary());
        int space = datagram[..Math.Min(datagram.Length, NgLimits.MaxCookieBytes + 1)].IndexOf((byte)' ');
        if (space <= 0 || datagram.Length > NgLimits.MaxMessageBytes)
        {
            return NgMessageStatus.NoCookie;
        }

        ReadOnlySpan<byte> body = datagram[(space + 1)..];
        bool isJson = !body.IsEmpty && body[0] == (byte)'{';
        bool isRead = isJson ? NgJsonReader.TryRead(body, out NgDictionary content) : BencodeReader.TryRead(body, out content);
        message = new NgMessage(Encoding.Latin1.GetString(datagram[..space]), isJson, isRead ? content : new NgDictionary());
        return isRead ? NgMessageStatus.Ok : NgMessageStatus.Malformed;
    }

    /// <summary>The datagram.</summary>
    public byte[] Write()
    {
        ArrayBufferWriter<byte> output = new(512);
        WriteText(output, Cookie);
        output.Write(" "u8);
        if (IsJson)
        {
            WriteJson(output, Content);
        }
        else
        {
            WriteBencode(output, Content);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteBencode(ArrayBufferWriter<byte> output, NgValue value)
    {
        switch (value.Kind)
        {
            case NgKind.Text:
                WriteBencode(output, value.Text);
                break;
            case NgKind.Number:
                WriteText(output, string.Create(CultureInfo.InvariantCulture, $"i{value.Number}e"));
                break;
            case NgKind.List:
                output.Write("l"u8);
                foreach (NgValue item in value.Items)
                {
                    WriteBencode(output, item);
                }

                output.Write("e"u8);
                break;
            default:
                output.Write("d"u8);
                foreach ((string key, NgValue member) in value.Dictionary!.Members)
                {
                    WriteBencode(output, key);
                    WriteBencode(output, member);
                }

                output.Write("e"u8);
                break;
        }
    }

    private static void WriteBencode(ArrayBufferWriter<byte> output, string text)
    {
        WriteText(output, string.Create(CultureInfo.InvariantCulture, $"{text.Length}:"));
        WriteText(output, text);
    }

    private static void WriteJson(ArrayBufferWriter<byte> output, NgValue value)
    {
        switch (value.Kind)
        {
            case NgKind.Text:
                WriteJson(output, value.Text);
                break;
            case NgKind.Number:
                WriteText(output, value.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case NgKind.List:
                output.Write("["u8);
                for (int i = 0; i < value.Items.Count; i++)
                {
                    output.Write(i == 0 ? ""u8 : ","u8);
                    WriteJson(output, value.Items[i]);
                }

                output.Write("]"u8);
                break;
            default:
                output.Write("{"u8);
                bool isFirst = true;
                foreach ((string key, NgValue member) in value.Dictionary!.Members)
                {
                    output.Write(isFirst ? ""u8 : ","u8);
                    isFirst = false;
                    WriteJson(output, key);
                    output.Write(":"u8);
                    WriteJson(output, member);
                }

                output.Write("}"u8);
                break;
        }
    }

    /// <summary>Bytes that are no UTF-8 are shown as if they were Latin-1: JSON has no way to carry them.</summary>
    private static void WriteJson(ArrayBufferWriter<byte> output, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        bool isUtf8 = System.Text.Unicode.Utf8.IsValid(bytes);
        output.Write("\""u8);
        foreach (byte next in bytes)
        {
            if (next < 0x20 || next is (byte)'"' or (byte)'\\' || (next >= 0x7f && !isUtf8))
            {
                WriteText(output, string.Create(CultureInfo.InvariantCulture, $"\\u{(int)next:x4}"));
            }
            else
            {
                output.GetSpan(1)[0] = next;
                output.Advance(1);
            }
        }

        output.Write("\""u8);
    }

    private static void WriteText(ArrayBufferWriter<byte> output, string text) => output.Advance(Encoding.Latin1.GetBytes(text, output.GetSpan(text.Length)));
}
