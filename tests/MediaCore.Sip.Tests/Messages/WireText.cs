using System.Text;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

/// <summary>Texts as wire bytes, one byte a character.</summary>
internal static class WireText
{
    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static SipMessage Parse(string latin1)
    {
        SipMessage message = new();
        byte[] bytes = Bytes(latin1);
        message.Parse(bytes, 0, bytes.Length);
        return message;
    }

    public static SipMessage Parse(byte[] bytes)
    {
        SipMessage message = new();
        message.Parse(bytes, 0, bytes.Length);
        return message;
    }

    /// <summary>Reads everything there is to read, so that a fault in any accessor shows.</summary>
    public static long Touch(SipMessage message)
    {
        long sum = message.Method.GetHashCode() + message.MethodToken.Length + message.RequestUri.Length + message.ReasonPhrase.Length
            + message.StatusCode + message.Body.Length + message.CallId.Length + message.FromTag.Length + message.ToTag.Length + message.TopBranch.Length + message.Version.Length;
        for (int i = 0; i < message.HeaderCount; i++)
        {
            sum += message.GetHeaderNameToken(i).Length + message.GetHeaderValue(i).Length;
            if (message.FindRow(message.GetHeaderName(i), 0) == i)
            {
                foreach (ReadOnlySpan<byte> value in message.EnumerateValues(message.GetHeaderName(i)))
                {
                    sum += value.Length;
                    sum += ViaHeader.TryParse(value, out ViaHeader via) ? via.Branch.Length + via.Parameters.Length : 0;
                    if (NameAddress.TryParse(value, out NameAddress address))
                    {
                        sum += address.Tag.Length + address.DisplayName.Length + Touch(address.Uri);
                    }

                    AuthParameterEnumerator pairs = new(value);
                    while (pairs.MoveNext())
                    {
                        sum += pairs.Name.Length + pairs.Value.Length;
                    }
                }
            }
        }

        sum += message.TryGetTopVia(out _) ? 1 : 0;
        sum += message.TryGetFrom(out _) ? 1 : 0;
        sum += message.TryGetTo(out _) ? 1 : 0;
        sum += message.TryGetContact(out _) ? 1 : 0;
        sum += message.TryGetCSeq(out _) ? 1 : 0;
        sum += message.TryGetMaxForwards(out _) ? 1 : 0;
        sum += Touch(message.RequestUri);
        return sum + message.Validate().StatusCode;
    }

    private static long Touch(ReadOnlySpan<byte> uri)
    {
        if (!SipUri.TryParse(uri, out SipUri parsed))
        {
            return 0;
        }

        Span<byte> user = stackalloc byte[256];
        return parsed.UnescapeUser(user) + parsed.Host.Length + (SipUri.AreEqual(uri, "sip:a@b;transport=udp?x=y"u8) ? 1 : 0)
            + (parsed.TryGetParameter("lr"u8, out ReadOnlySpan<byte> value) ? value.Length : 0) + (int)parsed.TransportParameter;
    }
}
