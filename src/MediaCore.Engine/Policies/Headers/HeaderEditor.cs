using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Headers;

/// <summary>
/// Writes a parsed message anew with a trunk's rules applied. It knows the message by the parser's rows alone, so what a rule removes is what anybody who
/// reads the result would find there; nothing of the original bytes goes past it. Every value written is one line without control characters.
/// Owned by one shard; used only for trunks that have rules, and allocates only what their values take.
/// </summary>
internal sealed class HeaderEditor
{
    /// <summary>Bytes that the rules of one trunk may add to a message; what is beyond stays out. Sixteen of the longest values.</summary>
    public const int MaxAddedBytes = 16 * HeaderRule.MaxValueBytes;

    // Bytes that a control character can begin with; GetControlLength says whether it does.
    private static readonly SearchValues<byte> ControlStarts = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(static value => (byte)value).Where(static value => value is 0xc2 or 0xe2 || GetControlLength([value]) > 0)]);

    private readonly List<Row> _rows = [];
    private int _added;

    /// <summary>Writes the message. False when it did not fit, which leaves <paramref name="writer"/> overflowed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="headers">The trunk's rules.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="dropBefore">Rows that no rule may see: what an untrusted trunk says about identities; null for none.</param>
    /// <param name="dropAfter">Rows that no rule may bring back: what privacy hides; null for none.</param>
    /// <param name="writer">Where it goes.</param>
    public bool Write(SipMessage message, TrunkHeaders headers, HeaderDirection direction, Predicate<SipHeaderName>? dropBefore, Predicate<SipHeaderName>? dropAfter, ref SipWriter writer)
    {
        Load(message, dropBefore);
        foreach (HeaderRule rule in headers.Rules)
        {
            if (rule.IsFor(direction, message.Method, message.IsResponse))
            {
                Apply(rule);
            }
        }

        if (message.IsRequest)
        {
            writer.RequestLine(message.MethodToken, message.RequestUri);
        }
        else
        {
            writer.StatusLine(message.StatusCode, message.ReasonPhrase);
        }

        foreach (Row row in _rows)
        {
            if (dropAfter is null || !dropAfter(row.Name))
            {
                WriteRow(ref writer, row.Name, row.Token.Span, row.Value.Span);
            }
        }

        writer.Header(SipHeaderName.ContentLength, message.Body.Length);
        writer.EndLine();
        writer.Raw(message.Body);
        _rows.Clear();
        return !writer.Overflowed;
    }

    /// <summary>A row with its name in the usual spelling and its value on one line, control characters as spaces.</summary>
    public static void WriteRow(ref SipWriter writer, SipHeaderName name, ReadOnlySpan<byte> token, scoped ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny(ControlStarts) < 0)
        {
            // Nearly all: nothing to take out, at most a fold to undo.
            if (name == SipHeaderName.Unknown)
            {
                writer.Header(token, value);
            }
            else
            {
                writer.Header(name, value);
            }

            return;
        }

        writer.Raw(name == SipHeaderName.Unknown ? token : SipHeaderNames.GetToken(name));
        writer.Raw(": "u8);
        while (!value.IsEmpty)
        {
            int stop = 0;
            int control = 0;
            while (stop < value.Length && (control = GetControlLength(value[stop..])) == 0)
            {
                stop++;
            }

            writer.Text(value[..stop]);
            writer.Raw(control > 0 ? " "u8 : default);
            value = value[(stop + control)..];
        }

        writer.EndLine();
    }

    /// <summary>
    /// Bytes of a control character at the front, 0 for none. CR and LF are not counted, since a fold becomes one space; the line ends that Unicode has besides them
    /// (U+0085, U+2028, U+2029) are, since readers that work on text take them for some.
    /// </summary>
    private static int GetControlLength(ReadOnlySpan<byte> value) => value[0] switch
    {
        (byte)'\t' or (byte)'\r' or (byte)'\n' => 0,
        < 0x20 or 0x7f => 1,
        0xc2 when value.Length > 1 && value[1] is >= 0x80 and < 0xa0 => 2,
        0xe2 when value.Length > 2 && value[1] == 0x80 && value[2] is (0xa8 or 0xa9) => 3,
        _ => 0,
    };

    private void Load(SipMessage message, Predicate<SipHeaderName>? drop)
    {
        _rows.Clear();
        _added = 0;
        for (int i = 0; i < message.HeaderCount; i++)
        {
            SipHeaderName name = message.GetHeaderName(i);
            if (name != SipHeaderName.ContentLength && (drop is null || !drop(name)))
            {
                _rows.Add(new Row(name, MemoryOf(message, message.GetHeaderNameToken(i)), MemoryOf(message, message.GetHeaderValue(i))));
            }
        }
    }

    private void Apply(HeaderRule rule)
    {
        switch (rule.Action)
        {
            case HeaderAction.Add:
                Add(rule.Header, Encoding.UTF8.GetBytes(rule.Value));
                break;
            case HeaderAction.Set:
                Remove(rule.Header);
                Add(rule.Header, Encoding.UTF8.GetBytes(rule.Value));
                break;
            case HeaderAction.Remove:
                Remove(rule.Header);
                break;
            case HeaderAction.Copy:
                Copy(rule.Source!, rule.Header);
                break;
            default:
                Replace(rule);
                break;
        }
    }

    private void Add(HeaderNamePattern header, ReadOnlyMemory<byte> value)
    {
        int bytes = header.Token.Length + value.Length + 4;
        if (_rows.Count < SipLimits.MaxHeaderCount - 1 && _added + bytes <= MaxAddedBytes)
        {
            _added += bytes;
            _rows.Add(new Row(header.Name, header.Token.ToArray(), value));
        }
    }

    private void Remove(HeaderNamePattern header) =>
        _rows.RemoveAll(row => HeaderProtection.WhyProtected(row.Name) is null && header.Matches(row.Name, row.Token.Span));

    private void Copy(HeaderNamePattern source, HeaderNamePattern target)
    {
        List<Row> found = _rows.FindAll(row => source.Matches(row.Name, row.Token.Span));
        if (found.Count > 0)
        {
            Remove(target);
            foreach (Row row in found)
            {
                Add(target, row.Value);
            }
        }
    }

    private void Replace(HeaderRule rule)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            Row row = _rows[i];
            if (row.Value.Length > HeaderRule.MaxValueBytes || !rule.Header.Matches(row.Name, row.Token.Span))
            {
                continue;
            }

            try
            {
                string replaced = rule.Pattern!.Replace(Encoding.UTF8.GetString(row.Value.Span), rule.Value);
                byte[] value = Encoding.UTF8.GetBytes(replaced);
                int growth = Math.Max(0, value.Length - row.Value.Length);
                if (value.Length <= HeaderRule.MaxValueBytes && _added + growth <= MaxAddedBytes)
                {
                    _added += growth;
                    _rows[i] = row with { Value = value };
                }
            }
            catch (RegexMatchTimeoutException)
            {
                // The stated verdict of a match that takes too long: the value stays as it is.
                continue;
            }
        }
    }

    private static ReadOnlyMemory<byte> MemoryOf(SipMessage message, ReadOnlySpan<byte> part)
    {
        // A part of the message's buffer, found again by where it stands.
        ((ReadOnlySpan<byte>)message.Buffer).Overlaps(part, out int start);
        return message.Buffer.AsMemory(part.IsEmpty ? 0 : start, part.Length);
    }

    private readonly record struct Row(SipHeaderName Name, ReadOnlyMemory<byte> Token, ReadOnlyMemory<byte> Value);
}
