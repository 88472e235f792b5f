namespace MediaCore.Sip.Messages;

/// <content>What must hold before a transaction is made.</content>
public sealed partial class SipMessage
{
    private const ulong Singles = (1UL << (int)SipHeaderName.From) | (1UL << (int)SipHeaderName.To) | (1UL << (int)SipHeaderName.CallId)
        | (1UL << (int)SipHeaderName.CSeq) | (1UL << (int)SipHeaderName.MaxForwards) | (1UL << (int)SipHeaderName.ContentLength)
        | (1UL << (int)SipHeaderName.ContentType) | (1UL << (int)SipHeaderName.Expires) | (1UL << (int)SipHeaderName.Date)
        | (1UL << (int)SipHeaderName.Event) | (1UL << (int)SipHeaderName.Replaces) | (1UL << (int)SipHeaderName.ReferTo)
        | (1UL << (int)SipHeaderName.SessionExpires) | (1UL << (int)SipHeaderName.MinSE) | (1UL << (int)SipHeaderName.RAck) | (1UL << (int)SipHeaderName.RSeq);

    /// <summary>
    /// Checks everything that RFC 3261 §8.1.1, §16.3 and §20 require whatever the message is for; the order of the checks gives the outcomes of RFC 4475.
    /// What depends on the receiver (methods and extensions it supports, hop counts, schemes it is responsible for) isn't asked here.
    /// May be called after <see cref="ParseStatus.Malformed"/>, and then tells the status of the answer.
    /// </summary>
    public SipValidation Validate()
    {
        SipFault fault = FindFault();
        if (fault == SipFault.None)
        {
            return default;
        }

        bool isAnswered = CanAnswer || (IsRequest && _method0 != SipMethod.Ack && Status == ParseStatus.Complete);
        return new SipValidation(fault, isAnswered ? StatusOf(fault) : 0);
    }

    private static int StatusOf(SipFault fault) => fault switch
    {
        SipFault.Version => 505,
        SipFault.TooLarge => 513,
        SipFault.UriTooLong => 414,
        SipFault.UriScheme => 416,
        SipFault.TooManyVias => 483,
        SipFault.UnknownMethod => 501,
        _ => 400,
    };

    private SipFault FindFault()
    {
        if (Status != ParseStatus.Complete)
        {
            return Error switch
            {
                SipParseError.MessageTooLarge or SipParseError.HeaderTooLarge or SipParseError.TooManyHeaders => SipFault.TooLarge,
                SipParseError.UriTooLong => SipFault.UriTooLong,
                _ => SipFault.Malformed,
            };
        }

        // The version comes first: what another version means by its headers isn't ours to judge.
        if (!Version.SequenceEqual("SIP/2.0"u8) && !System.Text.Ascii.EqualsIgnoreCase(Version, "SIP/2.0"u8))
        {
            return SipFault.Version;
        }

        SipFault fault = FindViaFault();
        if (fault == SipFault.None)
        {
            fault = FindMandatoryFault();
        }

        if (fault == SipFault.None && IsRequest)
        {
            fault = FindRequestFault();
        }

        return fault;
    }

    private SipFault FindViaFault()
    {
        if (!TryGetTopVia(out ViaHeader via))
        {
            return SipFault.Via;
        }

        // A bare magic cookie would make all such requests one transaction (RFC 4475 §3.2.1).
        if (via.Branch.SequenceEqual(ViaHeader.MagicCookie))
        {
            return SipFault.Via;
        }

        return _rowCount > SipLimits.MaxViaCount && CountHeaders(SipHeaderName.Via) > SipLimits.MaxViaCount ? SipFault.TooManyVias : SipFault.None;
    }

    private SipFault FindMandatoryFault()
    {
        if (!Has(SipHeaderName.From) || !Has(SipHeaderName.To) || !Has(SipHeaderName.CallId) || !Has(SipHeaderName.CSeq))
        {
            return SipFault.MissingHeader;
        }

        if ((_repeated & Singles) != 0)
        {
            return SipFault.DuplicateHeader;
        }

        if (!TryGetCSeq(out CSeqHeader cseq))
        {
            return SipFault.CSeq;
        }

        if (IsRequest && !(_method0 != SipMethod.Unknown ? cseq.Method == _method0 : cseq.MethodToken.Of(GetHeaderValue(_first[(int)SipHeaderName.CSeq])).SequenceEqual(MethodToken)))
        {
            return _method0 == SipMethod.Unknown ? SipFault.UnknownMethod : SipFault.CSeqMethod;
        }

        if (cseq.Number > int.MaxValue)
        {
            return SipFault.CSeq;
        }

        if (!TryGetFrom(out NameAddress from) || from.IsWildcard || !IsUri(from.Uri))
        {
            return SipFault.From;
        }

        if (!TryGetTo(out NameAddress to) || to.IsWildcard || !IsUri(to.Uri))
        {
            return SipFault.To;
        }

        return IsCallId(CallId) ? SipFault.None : SipFault.CallId;
    }

    private SipFault FindRequestFault()
    {
        if (Has(SipHeaderName.MaxForwards) && !TryGetMaxForwards(out _))
        {
            return SipFault.MaxForwards;
        }

        if (!SipUri.TryParse(RequestUri, out SipUri uri) || uri.HasHeaders)
        {
            return SipFault.RequestUri;
        }

        if (uri.Scheme == SipUriScheme.Unknown)
        {
            return SipFault.UriScheme;
        }

        if (_method0 == SipMethod.Register && TryGetTo(out NameAddress to)
            && (!SipUri.TryParse(to.Uri, out SipUri record) || record.Scheme is not (SipUriScheme.Sip or SipUriScheme.Sips)))
        {
            return SipFault.To;
        }

        if (Has(SipHeaderName.Contact) && !AreContacts())
        {
            return SipFault.Contact;
        }

        if (Has(SipHeaderName.Replaces) && _method0 != SipMethod.Invite)
        {
            return SipFault.Replaces;
        }

        return TryGetHeader(SipHeaderName.Date, out ReadOnlySpan<byte> date) && !SipDate.IsValid(date) ? SipFault.Date : SipFault.None;
    }

    private bool AreContacts()
    {
        // The everyday case: one row, one value, read once for everybody.
        if (FindRow(SipHeaderName.Contact, _first[(int)SipHeaderName.Contact] + 1) < 0 && TryGetContact(out NameAddress only)
            && only.IsWildcard is false && _contact.End == GetHeaderValue(_first[(int)SipHeaderName.Contact]).Length)
        {
            return IsUri(only.Uri);
        }

        int count = 0;
        bool hasWildcard = false;
        HeaderValueEnumerator values = EnumerateValues(SipHeaderName.Contact);
        while (values.MoveNext())
        {
            if (++count > SipLimits.MaxContactCount || !NameAddress.TryParse(values.Current, out NameAddress contact) || (!contact.IsWildcard && !IsUri(contact.Uri)))
            {
                return false;
            }

            hasWildcard |= contact.IsWildcard;
        }

        return count > 0 && !values.SawEmptyMember && (!hasWildcard || (_method0 == SipMethod.Register && count == 1));
    }

    /// <summary>A sip, sips or tel URI by its grammar; of any other scheme only that it is a URI (RFC 4475 §3.3.4).</summary>
    private static bool IsUri(ReadOnlySpan<byte> text) => SipUri.TryParse(text, out _);

    /// <summary><c>callid = word [ "@" word ]</c>.</summary>
    private static bool IsCallId(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'@');
        return at < 0
            ? SipGrammar.IsWord(text)
            : SipGrammar.IsWord(text[..at]) && SipGrammar.IsWord(text[(at + 1)..]);
    }
}
