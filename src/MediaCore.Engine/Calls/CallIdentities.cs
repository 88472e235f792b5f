using MediaCore.Engine.Policies.Identity;
using MediaCore.Engine.Policies.Numbers;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// Who takes part in a call, as far as From and the Request-URI do not say it: whom a trusted trunk asserts, what the caller wants to keep to itself, who
/// diverted the call. Made only for calls that have any of it. Numbers are kept as the inbound trunk's rewrite left them.
/// </summary>
internal sealed class CallIdentities
{
    /// <summary>Diversions kept; RFC 5806 has no bound, networks allow five (3GPP TS 24.604 §4.5.2.6.1 lets the operator set it). Older ones are left out.</summary>
    public const int MaxDiversions = 8;

    /// <summary>Longest user part that is kept; a longer one is no identity that anybody uses.</summary>
    public const int MaxUserBytes = 128;

    private readonly List<Diversion> _diversions = [];

    /// <summary>User part that is asserted, escapes kept; empty when none is.</summary>
    public byte[] Asserted { get; private set; } = [];

    /// <summary>Display name that goes with it, its quotes kept.</summary>
    public byte[] AssertedName { get; private set; } = [];

    /// <summary>The caller wants its identity kept from the called side (RFC 3323 §4.2, RFC 3325 §9.3).</summary>
    public bool IsPrivate { get; private set; }

    /// <summary>The caller's wish as it is repeated to the trust domain.</summary>
    public ReadOnlySpan<byte> Privacy => _isCritical ? "id;critical"u8 : "id"u8;

    /// <summary>Who diverted the call, the last one first.</summary>
    public IReadOnlyList<Diversion> Diversions => _diversions;

    private bool _isCritical;

    // How many of the diversions are a controller's, before those that came with the call.
    private int _ours;

    /// <summary>Reads an INVITE; null when it says nothing of the kind, which costs nothing.</summary>
    /// <param name="request">The INVITE.</param>
    /// <param name="trunk">Where it came from; null for a phone or a stranger.</param>
    /// <param name="account">The account that authenticated itself, whom we assert.</param>
    public static CallIdentities? Read(SipMessage request, Trunk? trunk, string? account)
    {
        bool isTrusted = trunk is { Identity.IsTrusted: true };
        bool hasPrivacy = request.Has(SipHeaderName.Privacy);
        bool hasAsserted = isTrusted && (request.Has(SipHeaderName.PAssertedIdentity) || request.Has(SipHeaderName.RemotePartyId) || request.Has(SipHeaderName.PPreferredIdentity));
        bool hasDiversions = isTrusted && (request.Has(SipHeaderName.Diversion) || request.Has(SipHeaderName.HistoryInfo));
        bool isOurs = account is not null || trunk is { Identity.Assert: not null };
        if (!hasPrivacy && !hasAsserted && !hasDiversions && !isOurs)
        {
            return null;
        }

        var identities = new CallIdentities();
        if (hasPrivacy)
        {
            identities.ReadPrivacy(request);
        }

        NumberRewrite? rewrite = trunk?.Numbers?.Inbound;
        if (isOurs)
        {
            identities.Asserted = System.Text.Encoding.UTF8.GetBytes(trunk?.Identity.Assert ?? account!);
        }
        else if (hasAsserted)
        {
            identities.ReadAsserted(request, rewrite);
        }

        if (hasDiversions)
        {
            identities.ReadDiversions(request, rewrite);
        }

        return identities;
    }

    /// <summary>Tells of a controller's diversions, in place of what it told before; what came with the call stays behind them.</summary>
    public void SetDiversions(IReadOnlyList<Control.CallDiversion> diversions)
    {
        _diversions.RemoveRange(0, _ours);
        _ours = Math.Min(diversions.Count, MaxDiversions);
        for (int i = 0; i < _ours; i++)
        {
            _diversions.Insert(i, new Diversion(System.Text.Encoding.ASCII.GetBytes(diversions[i].Number), diversions[i].Reason, IsPrivate: false));
        }

        if (_diversions.Count > MaxDiversions)
        {
            _diversions.RemoveRange(MaxDiversions, _diversions.Count - MaxDiversions);
        }
    }

    /// <summary>The user part that a trusted trunk asserts, unescaped; false when it asserts none that is usable.</summary>
    public static bool TryReadAsserted(SipMessage request, NumberRewrite? rewrite, Span<byte> destination, out int length)
    {
        length = 0;
        if (!TryFindAsserted(request, out NameAddress address) || !SipUri.TryParse(address.Uri, out SipUri uri))
        {
            return false;
        }

        length = NumberText.Unescape(uri, rewrite, destination);
        return length > 0;
    }

    private void ReadPrivacy(SipMessage request)
    {
        foreach (ReadOnlySpan<byte> row in request.EnumerateValues(SipHeaderName.Privacy))
        {
            // RFC 3323 §4.2 separates the values by semicolons; commas are seen too.
            ReadOnlySpan<byte> rest = row;
            while (!rest.IsEmpty)
            {
                int end = rest.IndexOfAny((byte)';', (byte)',');
                ReadOnlySpan<byte> value = (end < 0 ? rest : rest[..end]).Trim(" \t\r\n"u8);
                rest = end < 0 ? default : rest[(end + 1)..];
                IsPrivate |= System.Text.Ascii.EqualsIgnoreCase(value, "id"u8) || System.Text.Ascii.EqualsIgnoreCase(value, "user"u8) || System.Text.Ascii.EqualsIgnoreCase(value, "header"u8);
                _isCritical |= System.Text.Ascii.EqualsIgnoreCase(value, "critical"u8);
            }
        }
    }

    private void ReadAsserted(SipMessage request, NumberRewrite? rewrite)
    {
        if (!TryFindAsserted(request, out NameAddress address) || !SipUri.TryParse(address.Uri, out SipUri uri))
        {
            return;
        }

        Asserted = NumberText.CopyUser(uri, rewrite, MaxUserBytes);
        if (Asserted.Length > 0 && NumberText.IsDisplayable(address.DisplayName))
        {
            AssertedName = address.DisplayName.ToArray();
        }

        // draft-ietf-sip-privacy-04 §5.1: privacy=full, name, uri; off is the default.
        if (!request.Has(SipHeaderName.PAssertedIdentity) && request.Has(SipHeaderName.RemotePartyId)
            && address.TryGetParameter("privacy"u8, out ReadOnlySpan<byte> privacy) && !System.Text.Ascii.EqualsIgnoreCase(privacy, "off"u8))
        {
            IsPrivate = true;
        }
    }

    /// <summary>
    /// The asserted identity: the first P-Asserted-Identity with a user part (RFC 3325 §9.1 allows a SIP and a tel one, which name the same), without any the
    /// Remote-Party-ID of the calling party, then what the trunk would prefer.
    /// </summary>
    private static bool TryFindAsserted(SipMessage request, out NameAddress found)
    {
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.PAssertedIdentity))
        {
            if (TryReadUser(value, out found))
            {
                return true;
            }
        }

        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.RemotePartyId))
        {
            if (TryReadUser(value, out found) && (!found.TryGetParameter("party"u8, out ReadOnlySpan<byte> party) || System.Text.Ascii.EqualsIgnoreCase(party, "calling"u8)))
            {
                return true;
            }
        }

        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.PPreferredIdentity))
        {
            if (TryReadUser(value, out found))
            {
                return true;
            }
        }

        found = default;
        return false;
    }

    private static bool TryReadUser(ReadOnlySpan<byte> value, out NameAddress address) =>
        NameAddress.TryParse(value, out address) && SipUri.TryParse(address.Uri, out SipUri uri) && !uri.User.IsEmpty && uri.User.Length <= MaxUserBytes;

    private void ReadDiversions(SipMessage request, NumberRewrite? rewrite)
    {
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Diversion))
        {
            if (_diversions.Count < MaxDiversions && TryReadUser(value, out NameAddress address) && SipUri.TryParse(address.Uri, out SipUri uri))
            {
                address.TryGetParameter("reason"u8, out ReadOnlySpan<byte> reason);
                bool isPrivate = address.TryGetParameter("privacy"u8, out ReadOnlySpan<byte> privacy) && !System.Text.Ascii.EqualsIgnoreCase(privacy, "off"u8);
                _diversions.Add(new Diversion(NumberText.CopyUser(uri, rewrite, MaxUserBytes), DiversionReasons.Parse(reason), isPrivate));
            }
        }

        if (_diversions.Count == 0)
        {
            ReadHistory(request, rewrite);
        }
    }

    /// <summary>
    /// History-Info tells the targets in the order of time; who diverted is the entry before one with a <c>cause</c> (RFC 7544 §6). Whether it was by retargeting to the
    /// same user (<c>mp</c>, <c>rc</c>, <c>np</c>) makes no difference to who is told.
    /// </summary>
    private void ReadHistory(SipMessage request, NumberRewrite? rewrite)
    {
        byte[] previous = [];
        bool wasPrivate = false;
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.HistoryInfo))
        {
            if (!TryReadUser(value, out NameAddress address) || !SipUri.TryParse(address.Uri, out SipUri uri))
            {
                continue;
            }

            if (previous.Length > 0 && uri.TryGetParameter("cause"u8, out ReadOnlySpan<byte> text)
                && System.Buffers.Text.Utf8Parser.TryParse(text, out int cause, out int used) && used == text.Length)
            {
                if (_diversions.Count == MaxDiversions)
                {
                    _diversions.RemoveAt(MaxDiversions - 1);
                }

                _diversions.Insert(0, new Diversion(previous, DiversionReasons.FromCause(cause), wasPrivate));
            }

            previous = NumberText.CopyUser(uri, rewrite, MaxUserBytes);
            wasPrivate = uri.Headers.IndexOf("rivacy="u8) >= 0;
        }
    }

    /// <summary>One diversion.</summary>
    /// <param name="User">Who diverted: user part, escapes kept.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="IsPrivate">Whether that one wants to stay unknown to the called side.</param>
    public readonly record struct Diversion(byte[] User, DiversionReason Reason, bool IsPrivate);
}
