using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Trunks;

/// <summary>The rows that requests to trunks outside any call have in common.</summary>
internal static class TrunkRequests
{
    /// <summary>Via and Max-Forwards; returns where the branch stands.</summary>
    public static int WriteVia(ref SipWriter writer, in Flow flow, scoped ReadOnlySpan<byte> branch)
    {
        int offset = RequestVia.Write(ref writer, flow, branch);
        writer.Header(SipHeaderName.MaxForwards, 70);
        return offset;
    }

    public static void WriteCSeq(ref SipWriter writer, uint number, SipMethod method)
    {
        writer.HeaderStart(SipHeaderName.CSeq);
        writer.Raw(number);
        writer.Raw(" "u8);
        writer.Raw(SipMethods.GetToken(method));
        writer.EndLine();
    }

    /// <summary>User-Agent and the end of a request without a body.</summary>
    public static void Finish(ref SipWriter writer, ShardContext context)
    {
        if (!context.Capabilities.Server.IsEmpty)
        {
            writer.Header(SipHeaderName.UserAgent, context.Capabilities.Server);
        }

        writer.EndWithoutBody();
    }

    /// <summary>Whether a URI is at our <c>host:port</c>; one without a port is at 5060.</summary>
    public static bool IsHostPort(scoped in SipUri uri, ReadOnlySpan<byte> hostPort)
    {
        int colon = hostPort.LastIndexOf((byte)':');
        return System.Buffers.Text.Utf8Parser.TryParse(hostPort[(colon + 1)..], out ushort port, out _)
            && (uri.Port == 0 ? SipPeerUri.DefaultPort : uri.Port) == port
            && System.Text.Ascii.EqualsIgnoreCase(uri.Host.Trim("[]"u8), hostPort[..Math.Max(0, colon)].Trim("[]"u8));
    }

    /// <summary>Whether bytes of the wire are a configured text.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> bytes, string text)
    {
        Span<char> chars = stackalloc char[256];
        return bytes.Length <= chars.Length && System.Text.Encoding.UTF8.TryGetChars(bytes, chars, out int length) && text.AsSpan().SequenceEqual(chars[..length]);
    }
}
