using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>Writes the messages of both ends.</summary>
internal static class SipText
{
    public static byte[] Request(string method, string uri, string local, string branch, string from, string to, string callId, uint cseq, string? contact, string? body)
    {
        StringBuilder text = new();
        text.Append($"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch={branch}\r\nMax-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n");
        if (contact is not null)
        {
            text.Append($"Contact: <{contact}>\r\n");
        }

        return WithBody(text, body);
    }

    public static byte[] Response(SipMessage request, int status, string tag, string? contact, string? body)
    {
        StringBuilder text = new();
        text.Append($"SIP/2.0 {status} {Encoding.ASCII.GetString(SipReasonPhrases.Get(status))}\r\n");
        foreach (SipHeaderName name in (SipHeaderName[])[SipHeaderName.Via, SipHeaderName.RecordRoute, SipHeaderName.From, SipHeaderName.To, SipHeaderName.CallId, SipHeaderName.CSeq])
        {
            byte[] buffer = new byte[4096];
            SipWriter writer = new(buffer);
            writer.CopyHeaders(request, name);
            string lines = Encoding.UTF8.GetString(writer.Written);
            text.Append(name == SipHeaderName.To && request.ToTag.IsEmpty ? lines.Replace("\r\n", $";tag={tag}\r\n", StringComparison.Ordinal) : lines);
        }

        if (contact is not null)
        {
            text.Append($"Contact: <{contact}>\r\n");
        }

        return WithBody(text, body);
    }

    private static byte[] WithBody(StringBuilder text, string? body)
    {
        if (body is not null)
        {
            text.Append("Content-Type: application/sdp\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append($"Content-Length: {body?.Length ?? 0}\r\n\r\n{body}").ToString());
    }
}
