using System.Text;

namespace MediaCore.Fuzz;

/// <summary>Makes a new input of one or two known ones: bytes, tokens of the grammar, lines and numbers are changed. The same seed makes the same inputs.</summary>
public sealed class Mutator(int seed)
{
    /// <summary>Longest input made; above the largest datagram, so that its bound is met too.</summary>
    public const int MaxBytes = 70_000;

    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "\r\n", "\r", "\n", "\0", " ", "\t", ":", ";", ",", "\"", "<", ">", "@", "?", "&", "=", "%", "%00", "%0d%0a", "\\", "/", "[", "]", "[::1]", "[:::1]", "é", "\u00ff",
            "sip:", "sips:", "tel:+1", "urn:", "SIP/2.0", "z9hG4bK", ";branch=", ";tag=", ";rport", ";received=", ";lr", ";transport=tcp", "*", "\r\n ", "\r\n\r\n",
            "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n", "l: ", "Content-Length: ", "Content-Type: multipart/mixed;boundary=b\r\n", "--b", "--b--", "v=0\r\n", "m=audio ", "a=rtpmap:", "c=IN IP4 ",
            "Digest ", "nc=00000001", "stale=true", "Replaces: ", "Require: 100rel\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private static readonly string[] s_numbers = ["0", "-1", "1", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775808", "00000000000000000001", "1e9", ""];

    private readonly Random _random = new(seed);

    /// <summary>One new input.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        List<byte> bytes = [.. corpus[_random.Next(corpus.Count)]];
        for (int changes = 1 << _random.Next(5); changes > 0; changes--)
        {
            Change(bytes, corpus);
            if (bytes.Count > MaxBytes)
            {
                bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
            }
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        int at = _random.Next(bytes.Count + 1);
        int rest = bytes.Count - at;
        switch (_random.Next(10))
        {
            case 0 when rest > 0:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 1 when rest > 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2 or 3:
                bytes.InsertRange(at, s_tokens[_random.Next(s_tokens.Length)]);
                break;
            case 4:
                bytes.RemoveRange(at, Math.Min(rest, _random.Next(1, 24)));
                break;
            case 5:
                // A run, mostly short, sometimes far beyond every bound.
                bytes.InsertRange(at, Enumerable.Repeat(rest > 0 ? bytes[at] : (byte)'a', 1 << _random.Next(_random.Next(4) == 0 ? 15 : 6)));
                break;
            case 6:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(at, Math.Min(rest, _random.Next(1, 200))));
                break;
            case 7:
                byte[] other = corpus[_random.Next(corpus.Count)];
                int from = _random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(1, 400))]);
                break;
            case 8:
                ChangeNumber(bytes, at);
                break;
            default:
                MoveLine(bytes, at);
                break;
        }
    }

    private void ChangeNumber(List<byte> bytes, int from)
    {
        int start = bytes.FindIndex(Math.Min(from, bytes.Count), static value => value is >= (byte)'0' and <= (byte)'9');
        if (start >= 0)
        {
            int end = start;
            while (end < bytes.Count && bytes[end] is >= (byte)'0' and <= (byte)'9')
            {
                end++;
            }

            bytes.RemoveRange(start, end - start);
            bytes.InsertRange(start, Encoding.Latin1.GetBytes(s_numbers[_random.Next(s_numbers.Length)]));
        }
    }

    /// <summary>A line is doubled, taken out, or put elsewhere.</summary>
    private void MoveLine(List<byte> bytes, int from)
    {
        int start = from == 0 ? 0 : bytes.LastIndexOf((byte)'\n', from - 1) + 1;
        int end = bytes.IndexOf((byte)'\n', Math.Min(from, bytes.Count));
        List<byte> line = bytes.GetRange(start, (end < 0 ? bytes.Count : end + 1) - start);
        int what = _random.Next(3);
        if (what > 0)
        {
            bytes.RemoveRange(start, line.Count);
        }

        if (what < 2)
        {
            int to = bytes.IndexOf((byte)'\n', _random.Next(bytes.Count + 1)) + 1;
            bytes.InsertRange(to, line);
        }
    }
}
