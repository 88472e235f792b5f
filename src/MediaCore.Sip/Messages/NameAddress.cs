namespace MediaCore.Sip.Messages;

/// <summary>
/// A <c>name-addr</c> or <c>addr-spec</c> with header parameters: From, To, Contact, Route and their kin (RFC 3261 §20.10). Without angle brackets
/// what follows a semicolon belongs to the header, and the URI may hold no comma or question mark. Valid while the bytes it was read from are.
/// </summary>
public readonly ref struct NameAddress
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly Layout _layout;

    internal NameAddress(ReadOnlySpan<byte> text, Layout layout)
    {
        _text = text;
        _layout = layout;
    }

    /// <summary>The display name as written, its quotes included; empty when absent.</summary>
    public ReadOnlySpan<byte> DisplayName => _layout.DisplayName.Of(_text);

    /// <summary>The URI, without brackets. Its syntax is <see cref="SipUri"/>'s to judge; it has a scheme and holds no white space.</summary>
    public ReadOnlySpan<byte> Uri => _layout.Uri.Of(_text);

    /// <summary>The header parameters from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters => _layout.Parameters.Of(_text);

    /// <summary>The tag parameter; empty when absent.</summary>
    public ReadOnlySpan<byte> Tag => _layout.Tag.Of(_text);

    /// <summary>Whether this is the <c>*</c> of a Contact that removes all bindings (RFC 3261 §10.2.2).</summary>
    public bool IsWildcard => _layout.IsWildcard;

    /// <summary>Whether the URI stands in angle brackets.</summary>
    public bool HasBrackets => _layout.HasBrackets;

    /// <summary>The value of a header parameter, its name compared without regard to case; quotes are taken off.</summary>
    public bool TryGetParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => ParameterEnumerator.TryFind(Parameters, name, out value);

    /// <summary>Reads one value, not a list.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out NameAddress address)
    {
        if (TryParse(value, out Layout layout, out int consumed) && consumed == value.Length)
        {
            address = new NameAddress(value, layout);
            return true;
        }

        address = default;
        return false;
    }

    /// <summary>Reads the first value of a list and says where it ended: at a comma or at the end of the text.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> value, out Layout layout, out int consumed)
    {
        layout = default;
        consumed = 0;
        if (value.Length > ushort.MaxValue)
        {
            return false;
        }

        int position = SipGrammar.SkipWhite(value, 0);
        if (position == value.Length)
        {
            return false;
        }

        if (value[position] == (byte)'*')
        {
            int end = SipGrammar.SkipWhite(value, position + 1);
            if (end == value.Length || value[end] == (byte)',')
            {
                layout.IsWildcard = true;
                consumed = end;
                return true;
            }
        }

        if (!TryReadAddress(value, ref position, ref layout) || !TryReadParameters(value, position, ref layout, out consumed))
        {
            return false;
        }

        layout.End = (ushort)consumed;
        return true;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> value, ref int position, ref Layout layout)
    {
        int start = position;
        if (value[position] == (byte)'"')
        {
            int end = SipGrammar.SkipQuoted(value, position);
            if (end < 0)
            {
                return false;
            }

            layout.DisplayName = TextRange.Between(position, end);
            position = SipGrammar.SkipWhite(value, end);
            return position < value.Length && value[position] == (byte)'<' && TryReadBracketed(value, ref position, ref layout);
        }

        if (value[position] == (byte)'<')
        {
            return TryReadBracketed(value, ref position, ref layout);
        }

        // Tokens before "<" are a display name. A colon can't be part of one, so a bare URI shows itself here.
        position = SipGrammar.Skip(value, position, SipGrammar.PlainDisplayName);
        if ((uint)position < (uint)value.Length && value[position] == (byte)'<')
        {
            int end = position;
            while (SipGrammar.Is(value[end - 1], SipGrammar.White))
            {
                end--;
            }

            layout.DisplayName = TextRange.Between(start, end);
            return TryReadBracketed(value, ref position, ref layout);
        }

        position = start;
        while ((uint)position < (uint)value.Length && SipGrammar.Is(value[position], SipGrammar.AnyUri) && value[position] is not ((byte)';' or (byte)','))
        {
            if (value[position] == (byte)'?')
            {
                return false;
            }

            position++;
        }

        layout.Uri = TextRange.Between(start, position);
        return HasScheme(value[start..position]);
    }

    private static bool TryReadBracketed(ReadOnlySpan<byte> value, ref int position, ref Layout layout)
    {
        int start = position + 1;
        int length = SipGrammar.SpanUriText(value[start..]);
        int end = start + length;
        if (end >= value.Length || value[end] != (byte)'>')
        {
            return false;
        }

        layout.Uri = TextRange.Between(start, end);
        layout.HasBrackets = true;
        position = end + 1;
        return HasScheme(value.Slice(start, length));
    }

    private static bool TryReadParameters(ReadOnlySpan<byte> value, int position, ref Layout layout, out int consumed)
    {
        consumed = 0;
        int start = SipGrammar.SkipWhite(value, position);
        if (start == value.Length || value[start] == (byte)',')
        {
            consumed = start;
            return true;
        }

        if (value[start] != (byte)';')
        {
            return false;
        }

        // The everyday case: a tag and nothing else.
        int tag = start + ";tag=".Length;
        if (value[start..].StartsWith(";tag="u8) && SipGrammar.SkipParameterValue(value, tag) == value.Length && tag < value.Length)
        {
            consumed = value.Length;
            layout.Tag = TextRange.Between(tag, consumed);
            layout.Parameters = TextRange.Between(start, consumed);
            return true;
        }

        bool hasTag = false;
        ParameterEnumerator parameters = new(value[start..]);
        while (parameters.MoveNext())
        {
            if (parameters.Name.Length == 3 && SipGrammar.IsName(parameters.Name, "tag"u8))
            {
                // A second tag, or one that is no token, would let two readers see two dialogs.
                if (hasTag || parameters.IsQuoted || parameters.Value.IsEmpty)
                {
                    return false;
                }

                hasTag = true;
                TextRange range = parameters.ValueRange;
                layout.Tag = TextRange.Between(start + range.Start, start + range.Start + range.Length);
            }
        }

        consumed = start + parameters.Position;
        layout.Parameters = TextRange.Between(start, consumed);
        return !parameters.IsMalformed;
    }

    private static bool HasScheme(ReadOnlySpan<byte> uri)
    {
        if (SipUri.HasSipScheme(uri))
        {
            return true;
        }

        int colon = uri.IndexOf((byte)':');
        return colon > 0 && colon + 1 < uri.Length && SipUri.IsScheme(uri[..colon]);
    }

    /// <summary>Where the parts stand; kept by <see cref="SipMessage"/> so that a value is read once.</summary>
    internal struct Layout
    {
        public TextRange DisplayName;
        public TextRange Uri;
        public TextRange Parameters;
        public TextRange Tag;
        public bool IsWildcard;
        public bool HasBrackets;
        public ushort End;
    }
}
