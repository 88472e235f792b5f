using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Policies.Numbers;

/// <summary>The one way from the user part of a URI to the number that is routed by, kept and written (RFC 3261 §19.1.6 for tel URIs).</summary>
internal static class NumberText
{
    /// <summary>Room for a rewritten user part.</summary>
    public const int ScratchBytes = NumberRewrite.MaxUserBytes + (2 * NumberRewrite.MaxPrefixBytes);

    /// <summary>The user part after the rewrite, escapes kept; of a tel URI without the visual separators. A slice of the URI or of the scratch.</summary>
    public static ReadOnlySpan<byte> GetUser(scoped in SipUri uri, NumberRewrite? rewrite, Span<byte> scratch)
    {
        ReadOnlySpan<byte> user = uri.User;
        int length = rewrite?.Apply(user, scratch) ?? -1;
        if (length >= 0)
        {
            return scratch[..length];
        }

        if (uri.Scheme != SipUriScheme.Tel || user.Length > scratch.Length || user.IndexOfAny("-.()"u8) < 0)
        {
            return user;
        }

        length = 0;
        foreach (byte value in user)
        {
            if (value is not ((byte)'-' or (byte)'.' or (byte)'(' or (byte)')'))
            {
                scratch[length++] = value;
            }
        }

        return scratch[..length];
    }

    /// <summary>The same as an array of its own; empty when it is longer than the bound.</summary>
    public static byte[] CopyUser(scoped in SipUri uri, NumberRewrite? rewrite, int bound)
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        ReadOnlySpan<byte> user = GetUser(uri, rewrite, scratch);
        return user.Length <= bound ? user.ToArray() : [];
    }

    /// <summary>The same with its escapes undone, for comparing and recording; its length, or 0 when it does not fit.</summary>
    public static int Unescape(scoped in SipUri uri, NumberRewrite? rewrite, Span<byte> destination)
    {
        Span<byte> scratch = stackalloc byte[ScratchBytes];
        int length = rewrite?.Apply(uri.User, scratch) ?? -1;
        if (length >= 0)
        {
            // A number has no escapes, but what follows it may (;rn=…), and is no part of what is compared.
            int end = scratch[..length].IndexOf((byte)';');
            length = end < 0 ? length : end;
            return scratch[..length].TryCopyTo(destination) ? length : 0;
        }

        return Math.Max(0, uri.UnescapeUser(destination));
    }

    /// <summary>Whether a display name may be repeated: not empty, of a usual length, without control characters.</summary>
    public static bool IsDisplayable(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name.Length <= 128 && name.IndexOfAnyInRange((byte)0, (byte)0x1f) < 0 && !name.Contains((byte)0x7f);
}
