using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A message that the engine sent, read by the parser of MediaCore.Sip and kept as text for assertions.</summary>
internal sealed class SipText
{
    private readonly List<(string Name, string Value)> _headers = [];

    private SipText(SipMessage message)
    {
        IsRequest = message.IsRequest;
        Method = Encoding.ASCII.GetString(message.MethodToken);
        Uri = Encoding.UTF8.GetString(message.RequestUri);
        Status = message.StatusCode;
        Body = Encoding.UTF8.GetString(message.Body);
        Text = Encoding.UTF8.GetString(message.Bytes);
        FromTag = Encoding.ASCII.GetString(message.FromTag);
        ToTag = Encoding.ASCII.GetString(message.ToTag);
        Branch = Encoding.ASCII.GetString(message.TopBranch);
        for (int i = 0; i < message.HeaderCount; i++)
        {
            _headers.Add((Encoding.ASCII.GetString(message.GetHeaderNameToken(i)), Encoding.UTF8.GetString(message.GetHeaderValue(i))));
        }
    }

    public bool IsRequest { get; }

    /// <summary>Of a request its method, of a response that of its CSeq.</summary>
    public string Method { get; }

    public string Uri { get; }

    public int Status { get; }

    public string Body { get; }

    public string Text { get; }

    public string FromTag { get; }

    public string ToTag { get; }

    public string Branch { get; }

    public string CallId => this["Call-ID"];

    public uint CSeq => uint.Parse(this["CSeq"].Split(' ')[0]);

    /// <summary>What the start line says: a method, or a status and the method that it answers.</summary>
    public string Kind => IsRequest ? Method : $"{Status} {Method}";

    /// <summary>Header names in the order of the message, values left out: the shape that a peer could compare.</summary>
    public string Shape => Kind + ": " + string.Join(' ', _headers.Select(h => h.Name));

    /// <summary>The first value of a header; empty without one.</summary>
    public string this[string name] => All(name).FirstOrDefault() ?? "";

    public static bool TryParse(byte[] bytes, out SipText? text)
    {
        var message = new SipMessage();
        bool valid = message.Parse(bytes, 0, bytes.Length) == ParseStatus.Complete && message.Length == bytes.Length && message.Validate().IsValid;
        text = valid ? new SipText(message) : null;
        return valid;
    }

    public IEnumerable<string> All(string name) => _headers.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value);

    public bool Has(string name) => All(name).Any();

    /// <summary>The URI between the angle brackets of a header.</summary>
    public string UriOf(string name)
    {
        string value = this[name];
        int open = value.IndexOf('<');
        return open < 0 ? value : value[(open + 1)..value.IndexOf('>')];
    }

    /// <summary>A line of the SDP by its beginning, without it; empty when there is none.</summary>
    public string Sdp(string prefix) => Body.Split("\r\n").FirstOrDefault(l => l.StartsWith(prefix, StringComparison.Ordinal)) is { } line ? line[prefix.Length..] : "";

    /// <summary>The direction attribute, sendrecv when none is written (RFC 8866 §6.7).</summary>
    public string SdpDirection => Body.Split("\r\n").FirstOrDefault(static l => l is "a=sendrecv" or "a=sendonly" or "a=recvonly" or "a=inactive") is { } line ? line[2..] : "sendrecv";

    public override string ToString() => Text;
}
