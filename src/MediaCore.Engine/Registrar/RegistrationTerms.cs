using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>What a REGISTER says of all its contacts: whether it makes outbound flows, and its Path in the form that a binding keeps.</summary>
internal readonly ref struct RegistrationTerms
{
    /// <summary>Values of Path, each ended by a line feed.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>Whether <c>reg-id</c> counts: the phone supports outbound and nobody on the way lacks it (RFC 5626 §6).</summary>
    public bool IsOutbound { get; private init; }

    /// <summary>Reads the terms; a status other than 0 refuses the request. <paramref name="pathScratch"/> takes <see cref="Path"/>.</summary>
    public static int TryRead(SipMessage request, Span<byte> pathScratch, out RegistrationTerms terms)
    {
        terms = default;
        var writer = new SipWriter(pathScratch);
        int count = 0;
        bool isFirstHopOutbound = false;
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Path))
        {
            if (++count > RegistrarLimits.MaxPathValues || !NameAddress.TryParse(value, out NameAddress address) || !SipUri.TryParse(address.Uri, out SipUri uri))
            {
                return 400;
            }

            // The last value is that of the first proxy, next to the phone; "ob" says that it keeps flows (RFC 5626 §5.1).
            isFirstHopOutbound = uri.TryGetParameter("ob"u8, out _);
            writer.Text(value);
            writer.Raw("\n"u8);
        }

        if (writer.Overflowed)
        {
            return 400;
        }

        SipExtensions supported = SipOptionTags.Read(request, SipHeaderName.Supported) | SipOptionTags.Read(request, SipHeaderName.Require);
        if (count > 0 && (supported & SipExtensions.Path) == SipExtensions.None)
        {
            // RFC 3327 §5.3: the phone would not know that its calls go by a way that it did not choose.
            return 420;
        }

        bool wantsOutbound = (supported & SipExtensions.Outbound) != SipExtensions.None && HasRegId(request);
        if (wantsOutbound && !isFirstHopOutbound && CountVias(request) > 1)
        {
            return 439;
        }

        terms = new RegistrationTerms { Path = writer.Written, IsOutbound = wantsOutbound };
        return 0;
    }

    private static int CountVias(SipMessage request)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> unused in request.EnumerateValues(SipHeaderName.Via))
        {
            count++;
        }

        return count;
    }

    private static bool HasRegId(SipMessage request)
    {
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Contact))
        {
            if (NameAddress.TryParse(value, out NameAddress contact) && contact.TryGetParameter("reg-id"u8, out _) && contact.TryGetParameter("+sip.instance"u8, out _))
            {
                return true;
            }
        }

        return false;
    }
}
