namespace MediaCore.Sip.Messages;

/// <content>Headers typed on demand; what was read, and what could not be read, is remembered until the next parse.</content>
public sealed partial class SipMessage
{
    /// <summary>Which headers were read already (low bits) and could be (the same bit, eight higher).</summary>
    [Flags]
    private enum Typed : ushort
    {
        None = 0,
        Via = 1,
        From = 2,
        To = 4,
        Contact = 8,
        CSeq = 16,
        MaxForwards = 32,
    }

    /// <summary>Call-ID; empty when absent.</summary>
    public ReadOnlySpan<byte> CallId => TryGetHeader(SipHeaderName.CallId, out ReadOnlySpan<byte> value) ? value : [];

    /// <summary>The tag of From; empty when absent.</summary>
    public ReadOnlySpan<byte> FromTag => TryGetFrom(out NameAddress from) ? from.Tag : [];

    /// <summary>The tag of To; empty when absent.</summary>
    public ReadOnlySpan<byte> ToTag => TryGetTo(out NameAddress to) ? to.Tag : [];

    /// <summary>The branch of the topmost Via; empty when absent.</summary>
    public ReadOnlySpan<byte> TopBranch => TryGetTopVia(out ViaHeader via) ? via.Branch : [];

    /// <summary>The topmost Via: the first value of the first row.</summary>
    public bool TryGetTopVia(out ViaHeader via)
    {
        if (!TryGetHeader(SipHeaderName.Via, out ReadOnlySpan<byte> value)
            || !(IsRead(Typed.Via) ? Was(Typed.Via) : Remember(Typed.Via, ViaHeader.TryParse(value, out _via, out _))))
        {
            via = default;
            return false;
        }

        via = new ViaHeader(value, _via);
        return true;
    }

    /// <summary>From.</summary>
    public bool TryGetFrom(out NameAddress from) => TryGetAddress(SipHeaderName.From, Typed.From, ref _from, out from);

    /// <summary>To.</summary>
    public bool TryGetTo(out NameAddress to) => TryGetAddress(SipHeaderName.To, Typed.To, ref _to, out to);

    /// <summary>The first value of the first Contact row.</summary>
    public bool TryGetContact(out NameAddress contact) => TryGetAddress(SipHeaderName.Contact, Typed.Contact, ref _contact, out contact);

    /// <summary>CSeq.</summary>
    public bool TryGetCSeq(out CSeqHeader cseq)
    {
        bool isThere = TryGetHeader(SipHeaderName.CSeq, out ReadOnlySpan<byte> value)
            && (IsRead(Typed.CSeq) ? Was(Typed.CSeq) : Remember(Typed.CSeq, CSeqHeader.TryParse(value, out _cseq)));
        cseq = isThere ? _cseq : default;
        return isThere;
    }

    /// <summary>Max-Forwards, 0 to 255; false when it is absent or no such number.</summary>
    public bool TryGetMaxForwards(out int value)
    {
        bool isThere = TryGetHeader(SipHeaderName.MaxForwards, out ReadOnlySpan<byte> text)
            && (IsRead(Typed.MaxForwards) ? Was(Typed.MaxForwards) : Remember(Typed.MaxForwards, TryReadMaxForwards(text)));
        value = isThere ? _maxForwards : 0;
        return isThere;
    }

    /// <summary>A header that is a number of seconds or the like, for example Expires or Min-Expires; false when it is absent, no number, or above 2^32-1.</summary>
    public bool TryGetNumber(SipHeaderName name, out uint value)
    {
        if (TryGetHeader(name, out ReadOnlySpan<byte> text) && SipGrammar.TryParseNumber(text, uint.MaxValue, out ulong number))
        {
            value = (uint)number;
            return true;
        }

        value = 0;
        return false;
    }

    private bool TryReadMaxForwards(ReadOnlySpan<byte> text)
    {
        bool isNumber = SipGrammar.TryParseNumber(text, byte.MaxValue, out ulong number);
        _maxForwards = (int)number;
        return isNumber;
    }

    private bool TryGetAddress(SipHeaderName name, Typed kind, ref NameAddress.Layout layout, out NameAddress address)
    {
        if (!TryGetHeader(name, out ReadOnlySpan<byte> value)
            || !(IsRead(kind) ? Was(kind) : Remember(kind, NameAddress.TryParse(value, out layout, out int consumed) && (consumed == value.Length || name == SipHeaderName.Contact))))
        {
            address = default;
            return false;
        }

        address = new NameAddress(value, layout);
        return true;
    }

    private bool IsRead(Typed kind) => (_typed & kind) != Typed.None;

    private bool Was(Typed kind) => ((int)_typed & ((int)kind << 8)) != 0;

    private bool Remember(Typed kind, bool success)
    {
        _typed |= kind | (success ? (Typed)((int)kind << 8) : Typed.None);
        return success;
    }
}
