using System.Text;

namespace MediaCore.Wire.Tests.Peers;

/// <summary>
/// A SIP message as text, read by the simplest means there are: the peers of these tests share no code with the server, so that a mistake in its
/// parser cannot hide itself.
/// </summary>
internal sealed record SipText(string StartLine, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public bool IsRequest => !StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal);

    public string Method => IsRequest ? StartLine[..StartLine.IndexOf(' ')] : CSeqMethod;

    public int Status => IsRequest ? 0 : int.Parse(StartLine.AsSpan(8, 3));

    public string RequestUri => StartLine.Split(' ')[1];

    public string CallId => this["Call-ID"];

    public string CSeqMethod => this["CSeq"].Split(' ')[1];

    public int CSeq => int.Parse(this["CSeq"].Split(' ')[0]);

    public string ContactUri => this["Contact"].Split('<', '>')[1];

    public string ToTag => Tag(this["To"]);

    public string FromTag => Tag(this["From"]);

    /// <summary>Port of the first audio line of the SDP.</summary>
    public int AudioPort => int.Parse(Body.Split("\r\n").First(static l => l.StartsWith("m=audio ", StringComparison.Ordinal)).Split(' ')[1]);

    /// <summary>A header's first value; it must be there.</summary>
    public string this[string name] => TryGet(name) ?? throw new KeyNotFoundException($"no {name} in:\n{this}");

    public string? TryGet(string name) => Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static h => h.Value).FirstOrDefault();

    public IEnumerable<string> All(string name) => Headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static h => h.Value);

    public override string ToString() => StartLine + "\r\n" + string.Concat(Headers.Select(static h => $"{h.Name}: {h.Value}\r\n")) + "\r\n" + Body;

    public static SipText Parse(ReadOnlySpan<byte> message)
    {
        string text = Encoding.Latin1.GetString(message);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"not a SIP message: {text}");
        string[] lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(static l => (l[..l.IndexOf(':')].Trim(), l[(l.IndexOf(':') + 1)..].Trim())).ToList();
        return new SipText(lines[0], headers, text[(end + 4)..]);
    }

    private static string Tag(string value)
    {
        int start = value.IndexOf(";tag=", StringComparison.Ordinal);
        return start < 0 ? "" : value[(start + 5)..].Split(';')[0];
    }
}
