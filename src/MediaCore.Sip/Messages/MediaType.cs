using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>A media type as Content-Type and Accept carry it (RFC 3261 §20.15, §25.1). Valid while the bytes it was read from are.</summary>
public readonly ref struct MediaType
{
    /// <summary><c>application/sdp</c>, the one body that describes a session (RFC 8866 §8.1).</summary>
    public static ReadOnlySpan<byte> Sdp => "application/sdp"u8;

    private MediaType(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype, ReadOnlySpan<byte> parameters)
    {
        Type = type;
        Subtype = subtype;
        Parameters = parameters;
    }

    /// <summary>The part before the slash, as written.</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The part after the slash, as written.</summary>
    public ReadOnlySpan<byte> Subtype { get; }

    /// <summary>The parameters from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters { get; }

    /// <summary>Whether this is <c>multipart/*</c> (RFC 5621).</summary>
    public bool IsMultipart => Ascii.EqualsIgnoreCase(Type, "multipart"u8);

    /// <summary>Reads a header value; false when it is no <c>type/subtype</c> with well-formed parameters.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out MediaType mediaType)
    {
        mediaType = default;
        int start = SipGrammar.SkipWhite(value, 0);
        int typeEnd = SipGrammar.Skip(value, start, SipGrammar.Token);
        int slash = SipGrammar.SkipWhite(value, typeEnd);
        if (typeEnd == start || slash >= value.Length || value[slash] != (byte)'/')
        {
            return false;
        }

        int subtype = SipGrammar.SkipWhite(value, slash + 1);
        int subtypeEnd = SipGrammar.Skip(value, subtype, SipGrammar.Token);
        int rest = SipGrammar.SkipWhite(value, subtypeEnd);
        if (subtypeEnd == subtype || (rest < value.Length && value[rest] != (byte)';'))
        {
            return false;
        }

        ParameterEnumerator parameters = new(value[rest..]);
        while (parameters.MoveNext())
        {
        }

        if (parameters.IsMalformed || rest + parameters.Position != value.Length)
        {
            return false;
        }

        mediaType = new MediaType(value[start..typeEnd], value[subtype..subtypeEnd], value[rest..]);
        return true;
    }

    /// <summary>Whether this is the type given as <c>type/subtype</c>, parameters left aside.</summary>
    public bool Is(ReadOnlySpan<byte> typeAndSubtype)
    {
        int slash = typeAndSubtype.IndexOf((byte)'/');
        return slash > 0 && Ascii.EqualsIgnoreCase(Type, typeAndSubtype[..slash]) && Ascii.EqualsIgnoreCase(Subtype, typeAndSubtype[(slash + 1)..]);
    }

    /// <summary>Whether this media range (of an Accept header) covers the type given as <c>type/subtype</c>.</summary>
    public bool Covers(ReadOnlySpan<byte> typeAndSubtype)
    {
        int slash = typeAndSubtype.IndexOf((byte)'/');
        return slash > 0
            && (Type.SequenceEqual("*"u8) || Ascii.EqualsIgnoreCase(Type, typeAndSubtype[..slash]))
            && (Subtype.SequenceEqual("*"u8) || Ascii.EqualsIgnoreCase(Subtype, typeAndSubtype[(slash + 1)..]));
    }

    /// <summary>The value of a parameter, its quotes taken off; the name is compared without regard to case.</summary>
    public bool TryGetParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => ParameterEnumerator.TryFind(Parameters, name, out value);
}
