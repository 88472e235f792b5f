using System.Text;

namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>Header blocks (RFC 7541): writes literals without a table, reads what a server sends to a peer with a table of size 0.</summary>
internal static class HeaderBlock
{
    // The part of the static table (RFC 7541 appendix A) that responses of gRPC use.
    private static readonly Dictionary<int, (string Name, string Value)> s_static = new()
    {
        [8] = (":status", "200"),
        [9] = (":status", "204"),
        [10] = (":status", "206"),
        [11] = (":status", "304"),
        [12] = (":status", "400"),
        [13] = (":status", "404"),
        [14] = (":status", "500"),
        [22] = ("allow", ""),
        [28] = ("content-length", ""),
        [31] = ("content-type", ""),
        [33] = ("date", ""),
        [54] = ("server", ""),
    };

    public static byte[] Write(params (string Name, string Value)[] headers)
    {
        MemoryStream block = new();
        foreach ((string name, string value) in headers)
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        return block.ToArray();
    }

    public static Dictionary<string, string> Read(ReadOnlySpan<byte> block)
    {
        Dictionary<string, string> headers = new(StringComparer.Ordinal);
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if ((first & 0x80) != 0)
            {
                (string name, string value) = Lookup(ReadNumber(ref block, 7));
                headers[name] = value;
                continue;
            }

            if ((first & 0xe0) == 0x20)
            {
                ReadNumber(ref block, 5);
                continue;
            }

            int index = ReadNumber(ref block, (first & 0x40) != 0 ? 6 : 4);
            string literal = index == 0 ? ReadText(ref block) : Lookup(index).Name;
            headers[literal] = ReadText(ref block);
        }

        return headers;
    }

    private static (string Name, string Value) Lookup(int index) => s_static.TryGetValue(index, out (string Name, string Value) entry) ? entry : ($"#{index}", "");

    private static void WriteText(MemoryStream block, string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.WriteByte((byte)bytes.Length);
        }
        else
        {
            block.WriteByte(127);
            int rest = bytes.Length - 127;
            while (rest >= 128)
            {
                block.WriteByte((byte)((rest & 127) | 128));
                rest >>= 7;
            }

            block.WriteByte((byte)rest);
        }

        block.Write(bytes);
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> block, int prefixBits)
    {
        int mask = (1 << prefixBits) - 1;
        int value = block[0] & mask;
        block = block[1..];
        if (value < mask)
        {
            return value;
        }

        int shift = 0;
        byte next;
        do
        {
            next = block[0];
            block = block[1..];
            value += (next & 127) << shift;
            shift += 7;
        }
        while ((next & 128) != 0);
        return value;
    }

    private static string ReadText(ref ReadOnlySpan<byte> block)
    {
        bool isHuffman = (block[0] & 0x80) != 0;
        int length = ReadNumber(ref block, 7);
        string text = isHuffman ? "(Huffman)" : Encoding.Latin1.GetString(block[..length]);
        block = block[length..];
        return text;
    }
}
