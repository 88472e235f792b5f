using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Writes the bytes that tell server transactions apart, RFC 3261 §17.2.3: branch, sent-by and method (ACK and CANCEL look for the
/// INVITE's). Requests without the magic cookie use the fields of RFC 2543 instead.
/// </summary>
internal static class TransactionKey
{
    /// <summary>Longest key we compare; a request whose identifying parts are longer is refused with 400.</summary>
    public const int MaxBytes = 2048;

    public static bool TryWrite(SipMessage request, SipMethod method, Span<byte> destination, out int length)
    {
        length = 0;
        if (!request.TryGetTopVia(out ViaHeader via))
        {
            return false;
        }

        var writer = new SipWriter(destination);
        writer.Raw(SipMethods.GetToken(method));
        writer.Raw("|"u8);
        if (method == SipMethod.Unknown)
        {
            writer.Raw(request.MethodToken);
            writer.Raw("|"u8);
        }

        writer.Raw(via.SentByHost);
        writer.Raw(":"u8);
        writer.Raw(via.Port);
        writer.Raw("|"u8);
        writer.Raw(via.Branch);
        if (!via.HasMagicBranch)
        {
            writer.Raw("|"u8);
            writer.Raw(request.CallId);
            writer.Raw("|"u8);
            writer.Raw(request.FromTag);
            writer.Raw("|"u8);
            writer.Raw(request.TryGetCSeq(out CSeqHeader cseq) ? cseq.Number : 0);
        }

        length = writer.Length;
        return !writer.Overflowed;
    }
}
