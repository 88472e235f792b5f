using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>The Via of our requests.</summary>
internal static class RequestVia
{
    /// <summary>
    /// Writes it, with <c>alias</c> where the connection offers that (RFC 5923 §8.1); returns where the branch stands, which is the last thing in it
    /// (<see cref="TransactionLayer"/> finds it again from the end).
    /// </summary>
    public static int Write(ref SipWriter writer, in Flow flow, scoped ReadOnlySpan<byte> branch)
    {
        writer.HeaderStart(SipHeaderName.Via);
        writer.Raw(flow.Local.ViaProtocol);
        writer.Raw(flow.Local.HostPort);
        writer.Raw(flow.Stream is { OffersAlias: true } ? ";alias"u8 : default);
        writer.Raw(";rport;branch="u8);
        int offset = writer.Length;
        writer.Raw(branch);
        writer.EndLine();
        return offset;
    }
}
