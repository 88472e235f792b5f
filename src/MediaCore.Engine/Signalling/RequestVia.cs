using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>The Via of our requests.</summary>
internal static class RequestVia
{
    /// <summary>
    /// What follows the branch, always: <see cref="TransactionLayer"/> finds the branch from the end. The branch stands before it, since peers write into rport, and <see cref="ShardSteering"/> looks for
    /// the branch at one place.
    /// </summary>
    public static ReadOnlySpan<byte> BehindBranch => ";rport"u8;

    /// <summary>Writes it, with <c>alias</c> where the connection offers that (RFC 5923 §8.1); returns where the branch stands.</summary>
    public static int Write(ref SipWriter writer, in Flow flow, scoped ReadOnlySpan<byte> branch)
    {
        writer.HeaderStart(SipHeaderName.Via);
        writer.Raw(flow.Local.ViaProtocol);
        writer.Raw(flow.Local.HostPort);
        writer.Raw(flow.Stream is { OffersAlias: true } ? ";alias"u8 : default);
        writer.Raw(";branch="u8);
        int offset = writer.Length;
        writer.Raw(branch);
        writer.Raw(BehindBranch);
        writer.EndLine();
        return offset;
    }
}
