namespace MediaCore.Sip.Dialogs;

/// <summary>The little that dialog routing must know of a URI, on bytes: where it lies in a route value and which parameters it has.</summary>
internal static class RouteUri
{
    /// <summary>The URI inside a route value (name-addr, RFC 3261 §20.34), leniently also of a bare addr-spec; empty when there is none.</summary>
    public static ReadOnlySpan<byte> OfRoute(ReadOnlySpan<byte> route)
    {
        bool quoted = false;
        for (int i = 0; i < route.Length; i++)
        {
            byte b = route[i];
            if (quoted && b == '\\')
            {
                i++;
            }
            else if (b == '"')
            {
                quoted = !quoted;
            }
            else if (b == '<' && !quoted)
            {
                ReadOnlySpan<byte> rest = route[(i + 1)..];
                int end = rest.IndexOf((byte)'>');
                return end < 0 ? default : rest[..end];
            }
        }

        // A bare addr-spec's parameters belong to the header field, not to the URI (§20).
        int bareEnd = route.IndexOfAny(" \t;,\""u8);
        return bareEnd < 0 ? route : route[..bareEnd];
    }

    /// <summary>Whether the URI has the lr parameter, with or without a value ("lr=on" is common), so that its proxy is a loose router (§16.12).</summary>
    public static bool IsLoose(ReadOnlySpan<byte> uri)
    {
        int position = ParametersStart(uri);
        while (NextParameter(uri, ref position, out ReadOnlySpan<byte> parameter))
        {
            if (NameIs(parameter, "lr"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Copies the URI without what a Request-URI must not have: headers and the method parameter (§12.2.1.1, §19.1.1 table 1).
    /// </summary>
    /// <returns>The bytes written; <paramref name="destination"/> is at least as long as the URI.</returns>
    public static int CopyAsRequestUri(ReadOnlySpan<byte> uri, Span<byte> destination)
    {
        int position = ParametersStart(uri);
        int written = Math.Min(position, uri.Length);
        uri[..written].CopyTo(destination);
        while (NextParameter(uri, ref position, out ReadOnlySpan<byte> parameter))
        {
            if (!NameIs(parameter, "method"u8))
            {
                destination[written++] = (byte)';';
                parameter.CopyTo(destination[written..]);
                written += parameter.Length;
            }
        }

        return written;
    }

    /// <summary>Where the parameters (or headers, or the end) start: the user part may itself contain ';' and '?' but the host cannot.</summary>
    private static int ParametersStart(ReadOnlySpan<byte> uri)
    {
        int host = uri.IndexOf((byte)'@') + 1;
        int offset = uri[host..].IndexOfAny((byte)';', (byte)'?');
        return offset < 0 ? uri.Length : host + offset;
    }

    private static bool NextParameter(ReadOnlySpan<byte> uri, ref int position, out ReadOnlySpan<byte> parameter)
    {
        if (position >= uri.Length || uri[position] != (byte)';')
        {
            parameter = default;
            return false;
        }

        ReadOnlySpan<byte> rest = uri[(position + 1)..];
        int length = rest.IndexOfAny((byte)';', (byte)'?');
        parameter = length < 0 ? rest : rest[..length];
        position += 1 + parameter.Length;
        return true;
    }

    private static bool NameIs(ReadOnlySpan<byte> parameter, ReadOnlySpan<byte> name)
    {
        int equals = parameter.IndexOf((byte)'=');
        return System.Text.Ascii.EqualsIgnoreCase(equals < 0 ? parameter : parameter[..equals], name);
    }
}
