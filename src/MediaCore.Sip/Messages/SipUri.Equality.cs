using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Sip.Messages;

/// <content>URI comparison, RFC 3261 §19.1.4.</content>
public readonly ref partial struct SipUri
{
    /// <summary>
    /// Whether two URIs are equal by RFC 3261 §19.1.4, IPv6 hosts compared as addresses (RFC 5954 §4.2). URIs that can't be read, or have another
    /// scheme, are equal when their bytes are. The relation isn't transitive: a parameter on one side only is mostly ignored.
    /// </summary>
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.SequenceEqual(b))
        {
            return true;
        }

        return TryParse(a, out SipUri left) && TryParse(b, out SipUri right) && left.Scheme == right.Scheme && left.Scheme switch
        {
            SipUriScheme.Sip or SipUriScheme.Sips => left.EqualsSip(right),
            SipUriScheme.Tel => left.EqualsTel(right),
            _ => false,
        };
    }

    private bool EqualsSip(in SipUri other) =>
        Port == other.Port
        && EqualEscaped(User, other.User, ignoreCase: false)
        && EqualEscaped(Password, other.Password, ignoreCase: false)
        && EqualHosts(Host, other.Host)
        && HasFewPairs(Parameters, (byte)';') && HasFewPairs(other.Parameters, (byte)';')
        && CoversParameters(Parameters, other.Parameters) && CoversParameters(other.Parameters, Parameters)
        && EqualHeaders(Headers, other.Headers);

    /// <summary>RFC 3966 §4: visual separators don't count, parameters of both sides must be the same.</summary>
    private bool EqualsTel(in SipUri other)
    {
        if (!HasFewPairs(Parameters, (byte)';') || !HasFewPairs(other.Parameters, (byte)';') || CountPairs(Parameters, (byte)';') != CountPairs(other.Parameters, (byte)';'))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = Parameters;
        while (TryReadPair(ref rest, (byte)';', out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (!TryFind(other.Parameters, (byte)';', name, out ReadOnlySpan<byte> otherValue) || !EqualEscaped(value, otherValue, ignoreCase: true))
            {
                return false;
            }
        }

        int i = 0, j = 0;
        while (true)
        {
            i = SkipSeparators(User, i);
            j = SkipSeparators(other.User, j);
            if (i == User.Length || j == other.User.Length)
            {
                return i == User.Length && j == other.User.Length;
            }

            if (char.ToLowerInvariant((char)User[i++]) != char.ToLowerInvariant((char)other.User[j++]))
            {
                return false;
            }
        }
    }

    private static int SkipSeparators(ReadOnlySpan<byte> number, int position)
    {
        while (position < number.Length && number[position] is (byte)'-' or (byte)'.' or (byte)'(' or (byte)')')
        {
            position++;
        }

        return position;
    }

    private static bool EqualHosts(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (Ascii.EqualsIgnoreCase(a, b))
        {
            return true;
        }

        return a.StartsWith("["u8) && b.StartsWith("["u8)
            && NetworkEndpoint.TryParseAddress(a[1..^1], 0, out NetworkEndpoint left)
            && NetworkEndpoint.TryParseAddress(b[1..^1], 0, out NetworkEndpoint right)
            && left == right;
    }

    /// <summary>Every parameter of <paramref name="of"/> that <paramref name="by"/> has too must match; some must not be missing there.</summary>
    private static bool CoversParameters(ReadOnlySpan<byte> of, ReadOnlySpan<byte> by)
    {
        ReadOnlySpan<byte> rest = of;
        while (TryReadPair(ref rest, (byte)';', out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (TryFind(by, (byte)';', name, out ReadOnlySpan<byte> otherValue))
            {
                if (!EqualEscaped(value, otherValue, ignoreCase: true))
                {
                    return false;
                }
            }
            else if (EqualEscaped(name, "transport"u8, ignoreCase: true) || EqualEscaped(name, "user"u8, ignoreCase: true)
                || EqualEscaped(name, "ttl"u8, ignoreCase: true) || EqualEscaped(name, "method"u8, ignoreCase: true)
                || EqualEscaped(name, "maddr"u8, ignoreCase: true))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Header components are never ignored; their order doesn't matter.</summary>
    private static bool EqualHeaders(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (!HasFewPairs(a, (byte)'&') || !HasFewPairs(b, (byte)'&') || CountPairs(a, (byte)'&') != CountPairs(b, (byte)'&'))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = a;
        while (TryReadPair(ref rest, (byte)'&', out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
        {
            if (CountSame(a, name, value) != CountSame(b, name, value))
            {
                return false;
            }
        }

        return true;
    }

    private static int CountSame(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int count = 0;
        while (TryReadPair(ref headers, (byte)'&', out ReadOnlySpan<byte> candidate, out ReadOnlySpan<byte> candidateValue))
        {
            count += EqualEscaped(candidate, name, ignoreCase: true) && EqualEscaped(candidateValue, value, ignoreCase: false) ? 1 : 0;
        }

        return count;
    }

    private static bool TryFind(ReadOnlySpan<byte> pairs, byte separator, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (TryReadPair(ref pairs, separator, out ReadOnlySpan<byte> candidate, out value))
        {
            if (EqualEscaped(candidate, name, ignoreCase: true))
            {
                return true;
            }
        }

        value = default;
        return false;
    }

    private static bool HasFewPairs(ReadOnlySpan<byte> pairs, byte separator) => CountPairs(pairs, separator) <= SipLimits.MaxComparedUriParameters;

    private static int CountPairs(ReadOnlySpan<byte> pairs, byte separator) => pairs.IsEmpty ? 0 : pairs.Count(separator) + (pairs[0] == separator ? 0 : 1);

    /// <summary>A byte equals its escape, unless it is of the reserved set, where the escape means something else (RFC 3261 §19.1.2).</summary>
    private static bool EqualEscaped(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool ignoreCase)
    {
        EscapedText left = new(a);
        EscapedText right = new(b);
        while (true)
        {
            bool hasLeft = left.TryRead(out byte x, out bool xEscaped);
            bool hasRight = right.TryRead(out byte y, out bool yEscaped);
            if (!hasLeft || !hasRight)
            {
                return hasLeft == hasRight;
            }

            if (ignoreCase)
            {
                x = (byte)char.ToLowerInvariant((char)x);
                y = (byte)char.ToLowerInvariant((char)y);
            }

            if (x != y || (xEscaped != yEscaped && ";/?:@&=+$,"u8.Contains(x)))
            {
                return false;
            }
        }
    }
}
