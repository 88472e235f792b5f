namespace MediaCore.Sip.Messages;

/// <summary>RAck, RFC 3262 §7.2: which reliable provisional response a PRACK acknowledges.</summary>
/// <param name="ResponseNumber">The response's RSeq.</param>
/// <param name="CSeqNumber">CSeq number of the request that it answered.</param>
/// <param name="Method">Method of that request; only INVITE is answered reliably.</param>
public readonly record struct RAckHeader(uint ResponseNumber, uint CSeqNumber, SipMethod Method)
{
    /// <summary>Reads a header value; false when it is not two numbers and a method, white space between them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out RAckHeader rack)
    {
        rack = default;
        int start = SipGrammar.SkipWhite(value, 0);
        int end = start;
        while (end < value.Length && (uint)(value[end] - '0') <= 9)
        {
            end++;
        }

        if (!SipGrammar.TryParseNumber(value[start..end], uint.MaxValue, out ulong number) || !CSeqHeader.TryParse(value[end..], out CSeqHeader cseq)
            || end == value.Length || !SipGrammar.Is(value[end], SipGrammar.White))
        {
            return false;
        }

        rack = new RAckHeader((uint)number, cseq.Number, cseq.Method);
        return true;
    }
}
