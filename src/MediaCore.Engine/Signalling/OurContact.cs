using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Our Contact: where a peer sends the requests of a dialog (RFC 3261 §8.1.1.8). Its user names the shard, for the kernel (<see cref="ShardSteering"/>); nothing else reads it.
/// </summary>
internal static class OurContact
{
    /// <summary>What stands before the shard's digits.</summary>
    public static ReadOnlySpan<byte> UriStart => "sip:mediacore-"u8;

    /// <summary>Hexadecimal digits of the shard's number.</summary>
    public const int ShardDigits = 2;

    /// <summary>Writes the header.</summary>
    public static void Write(ref SipWriter writer, in Flow flow, int shard)
    {
        Span<byte> digits = stackalloc byte[ShardDigits];
        IdentifierSource.WriteHex((ulong)shard, digits);
        writer.HeaderStart(SipHeaderName.Contact);
        writer.Raw("<"u8);
        writer.Raw(UriStart);
        writer.Raw(digits);
        writer.Raw("@"u8);
        writer.Raw(flow.Local.HostPort);
        writer.Raw(flow.Local.UriParameters);
        writer.Raw(">"u8);
        writer.EndLine();
    }
}
