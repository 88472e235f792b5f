using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>The headers that a response echoes from its request (RFC 3261 §8.2.6), in the order we write them.</summary>
internal static class ResponseHead
{
    /// <summary>
    /// Writes all Via values, the top one with <c>received</c> and <c>rport</c> as RFC 3261 §18.2.1 and RFC 3581 §4 want, whatever the sender
    /// had put there.
    /// </summary>
    public static void WriteVias(ref SipWriter writer, SipMessage request, in NetworkEndpoint source)
    {
        bool top = true;
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Via))
        {
            writer.HeaderStart(SipHeaderName.Via);
            if (top && ViaHeader.TryParse(value, out ViaHeader via))
            {
                WriteTopVia(ref writer, via, source);
            }
            else
            {
                writer.Text(value);
            }

            writer.EndLine();
            top = false;
        }
    }

    private static void WriteTopVia(ref SipWriter writer, scoped in ViaHeader via, in NetworkEndpoint source)
    {
        writer.Raw("SIP/2.0/"u8);
        writer.Raw(via.Transport);
        writer.Raw(" "u8);
        writer.Raw(via.SentByHost);
        if (via.Port != 0)
        {
            writer.Raw(":"u8);
            writer.Raw(via.Port);
        }

        var parameters = new ParameterEnumerator(via.Parameters);
        while (parameters.MoveNext())
        {
            if (parameters.Name.IsEmpty || System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "received"u8) || System.Text.Ascii.EqualsIgnoreCase(parameters.Name, "rport"u8))
            {
                continue;
            }

            writer.Raw(";"u8);
            writer.Text(parameters.Name);
            if (parameters.HasValue)
            {
                writer.Raw(parameters.IsQuoted ? "=\""u8 : "="u8);
                writer.Text(parameters.Value);
                writer.Raw(parameters.IsQuoted ? "\""u8 : default);
            }
        }

        bool sameHost = NetworkEndpoint.TryParseAddress(via.SentByHost, source.Port, out NetworkEndpoint sentBy) && sentBy.HasSameAddress(source);
        if (via.HasRport || !sameHost)
        {
            Span<byte> text = stackalloc byte[NetworkEndpoint.MaxTextBytes];
            writer.Raw(";received="u8);
            writer.Raw(source.TryFormatAddress(text, brackets: false, out int length) ? text[..length] : default);
        }

        if (via.HasRport)
        {
            writer.Raw(";rport="u8);
            writer.Raw(source.Port);
        }
    }

    /// <summary>Where a response goes: over a stream its connection, over UDP RFC 3581 §4 with rport, else the source address and the sent-by port (RFC 3261 §18.2.2). A maddr is not honoured: it would let a stranger aim our answers.</summary>
    public static Flow GetResponseFlow(SipMessage request, in Flow flow)
    {
        if (!request.TryGetTopVia(out ViaHeader via) || (via.HasRport && !flow.IsReliable))
        {
            return flow;
        }

        // For a stream this is where a new connection goes should this one be gone by then; rport has no say in that.
        return flow.WithRemote(flow.Remote.WithPort(via.Port == 0 ? flow.Local.DefaultPort : via.Port));
    }
}
