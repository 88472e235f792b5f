using System.Net;

namespace MediaCore.Wire.Tests.Torture;

/// <summary>A response to a torture message, of which nothing is sure but that it is one: no header is taken for granted.</summary>
internal sealed record TortureAnswer(string Text)
{
    /// <summary>0 for what is no response.</summary>
    public int Status => Text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && Text.Length > 11 && int.TryParse(Text.AsSpan(8, 3), out int status) ? status : 0;

    public string CallId => Header("Call-ID");

    public string Method => Header("CSeq").Split(' ')[^1];

    /// <summary>The first value of a header, or nothing.</summary>
    public string Header(string name) =>
        Text.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) is { } line ? line[(name.Length + 1)..].Trim() : "";

    /// <summary>The ACK to this refusal of an INVITE.</summary>
    public string Acknowledge(string uri) =>
        $"ACK {uri} SIP/2.0\r\nVia: {Header("Via")}\r\nMax-Forwards: 70\r\nFrom: {Header("From")}\r\nTo: {Header("To")}\r\nCall-ID: {CallId}\r\nCSeq: {Header("CSeq").Split(' ')[0]} ACK\r\nContent-Length: 0\r\n\r\n";

    /// <summary>A plain OPTIONS, to see that the server is well.</summary>
    public static string Options(IPEndPoint from, string transport, string callId) =>
        $"OPTIONS sip:server@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} {from};branch=z9hG4bK{callId};rport\r\nMax-Forwards: 70\r\nFrom: <sip:probe@{from}>;tag={callId}\r\n"
        + $"To: <sip:server@127.0.0.1>\r\nCall-ID: {callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

    /// <summary>Final answers in their order, as the tables have them.</summary>
    public static string Describe(IReadOnlyList<TortureAnswer> answers)
    {
        string finals = string.Join(", ", answers.Where(static a => a.Status >= 200).Select(static a => $"{a.Status}"));
        return finals.Length == 0 ? "none" : finals;
    }
}
