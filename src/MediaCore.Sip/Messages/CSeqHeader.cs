namespace MediaCore.Sip.Messages;

/// <summary>CSeq, RFC 3261 §20.16.</summary>
public readonly struct CSeqHeader
{
    private CSeqHeader(uint number, SipMethod method, TextRange methodToken)
    {
        Number = number;
        Method = method;
        MethodToken = methodToken;
    }

    /// <summary>Sequence number, 0 to 2^32-1; below 2^31 in a request that passed <see cref="SipMessage.Validate"/>.</summary>
    public uint Number { get; }

    /// <summary>The method, or <see cref="SipMethod.Unknown"/>.</summary>
    public SipMethod Method { get; }

    /// <summary>Where the method token stands in the header's value.</summary>
    internal TextRange MethodToken { get; }

    /// <summary>Reads a header value; false when it isn't a number, white space and a token.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out CSeqHeader cseq) => TryParse(value, out cseq, out _);

    /// <summary>Reads a header value and yields the method token too, for methods that aren't known by value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out CSeqHeader cseq, out ReadOnlySpan<byte> methodToken)
    {
        cseq = default;
        methodToken = default;
        if (value.Length > ushort.MaxValue)
        {
            return false;
        }

        int start = SipGrammar.SkipWhite(value, 0);
        int position = start;
        ulong number = 0;
        while ((uint)position < (uint)value.Length && (uint)(value[position] - '0') <= 9)
        {
            number = (number * 10) + (uint)(value[position] - '0');
            if (number > uint.MaxValue)
            {
                return false;
            }

            position++;
        }

        int methodStart = SipGrammar.SkipWhite(value, position);
        int methodEnd = SipGrammar.Skip(value, methodStart, SipGrammar.Token);
        if (position == start || methodStart == position || methodEnd == methodStart || SipGrammar.SkipWhite(value, methodEnd) != value.Length)
        {
            return false;
        }

        methodToken = value[methodStart..methodEnd];
        cseq = new CSeqHeader((uint)number, SipMethods.Parse(methodToken), TextRange.Between(methodStart, methodEnd));
        return true;
    }
}
