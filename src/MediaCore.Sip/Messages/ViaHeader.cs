using System.Text;

namespace MediaCore.Sip.Messages;

/// <summary>One Via value, RFC 3261 §20.42, with rport of RFC 3581. Valid while the bytes it was read from are.</summary>
public readonly ref struct ViaHeader
{
    /// <summary>What a branch made by an RFC 3261 element starts with (§8.1.1.7).</summary>
    public static ReadOnlySpan<byte> MagicCookie => "z9hG4bK"u8;

    private readonly ReadOnlySpan<byte> _text;
    private readonly Layout _layout;

    internal ViaHeader(ReadOnlySpan<byte> text, Layout layout)
    {
        _text = text;
        _layout = layout;
    }

    /// <summary>Transport token as written.</summary>
    public ReadOnlySpan<byte> Transport => _layout.Transport.Of(_text);

    /// <summary>Transport, or <see cref="SipTransport.Unknown"/> for a token that isn't known, which is no fault (RFC 4475 §3.1.1.10).</summary>
    public SipTransport TransportKind => _layout.TransportKind;

    /// <summary>Host of sent-by, the brackets of an IPv6 reference kept.</summary>
    public ReadOnlySpan<byte> SentByHost => _layout.Host.Of(_text);

    /// <summary>Port of sent-by, 0 when it has none.</summary>
    public ushort Port => _layout.Port;

    /// <summary>The branch parameter; empty when absent.</summary>
    public ReadOnlySpan<byte> Branch => _layout.Branch.Of(_text);

    /// <summary>Whether there is an rport parameter, with a value or without (RFC 3581 §3).</summary>
    public bool HasRport => _layout.HasRport;

    /// <summary>The value of rport, 0 when it has none.</summary>
    public ushort Rport => _layout.Rport;

    /// <summary>The received parameter as written, with or without brackets (RFC 5118 §4.5); empty when absent.</summary>
    public ReadOnlySpan<byte> Received => _layout.Received.Of(_text);

    /// <summary>The maddr parameter; empty when absent.</summary>
    public ReadOnlySpan<byte> Maddr => _layout.Maddr.Of(_text);

    /// <summary>All parameters, from the first semicolon on; empty when there are none.</summary>
    public ReadOnlySpan<byte> Parameters => _layout.Parameters.Of(_text);

    /// <summary>The value of a parameter (empty when it has none), its name compared without regard to case.</summary>
    public bool TryGetParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => ParameterEnumerator.TryFind(Parameters, name, out value);

    /// <summary>Whether the branch starts with <see cref="MagicCookie"/> and has something after it, so that it identifies a transaction (§17.2.3).</summary>
    public bool HasMagicBranch => _layout.Branch.Length > MagicCookie.Length && Branch.StartsWith(MagicCookie);

    /// <summary>Reads one Via value, not a list.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out ViaHeader via)
    {
        if (TryParse(value, out Layout layout, out int consumed) && consumed == value.Length)
        {
            via = new ViaHeader(value, layout);
            return true;
        }

        via = default;
        return false;
    }

    /// <summary>Reads the first value of a list and says where it ended: at a comma or at the end of the text.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> value, out Layout layout, out int consumed)
    {
        layout = default;
        consumed = 0;
        if (value.Length > ushort.MaxValue || !TryReadProtocol(value, out int position))
        {
            return false;
        }

        int transport = position;
        position = SipGrammar.Skip(value, position, SipGrammar.Token);
        int host = SipGrammar.SkipWhite(value, position);
        if (position == transport || host == position)
        {
            return false;
        }

        layout.Transport = TextRange.Between(transport, position);
        layout.TransportKind = SipTransports.Parse(value[transport..position]);
        position = host;
        if (!SipGrammar.TryReadHostPort(value, ref position, allowWhite: true, out int hostLength, out ushort port))
        {
            return false;
        }

        layout.Host = TextRange.Between(host, host + hostLength);
        layout.Port = port;
        return TryReadParameters(value, position, ref layout, out consumed);
    }

    private static bool TryReadProtocol(ReadOnlySpan<byte> value, out int position)
    {
        position = 8;
        if (value.StartsWith("SIP/2.0/"u8))
        {
            position = SipGrammar.SkipWhite(value, position);
            return true;
        }

        // White space may stand around both slashes (RFC 4475 §3.1.1.1), and the name is no case-sensitive string of the grammar.
        position = SipGrammar.SkipWhite(value, 0);
        return TryReadWord(value, ref position, "SIP"u8) && TryReadWord(value, ref position, "/"u8)
            && TryReadWord(value, ref position, "2.0"u8) && TryReadWord(value, ref position, "/"u8);
    }

    private static bool TryReadWord(ReadOnlySpan<byte> value, ref int position, ReadOnlySpan<byte> word)
    {
        if (value.Length - position < word.Length || !Ascii.EqualsIgnoreCase(value.Slice(position, word.Length), word))
        {
            return false;
        }

        position = SipGrammar.SkipWhite(value, position + word.Length);
        return true;
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

        // A name may occur once (RFC 3261 §7.3.1); a second branch or received would let two readers of this header disagree.
        bool hasBranch = false, hasReceived = false, hasMaddr = false;
        ParameterEnumerator parameters = new(value[start..]);
        while (parameters.MoveNext())
        {
            ReadOnlySpan<byte> name = parameters.Name;
            TextRange range = parameters.GetValueRange(start);
            switch (name.Length)
            {
                case 5 when SipGrammar.IsName(name, "rport"u8):
                    if (layout.HasRport || (parameters.HasValue && !TryReadRport(parameters.Value, ref layout)))
                    {
                        return false;
                    }

                    layout.HasRport = true;
                    break;
                case 5 when SipGrammar.IsName(name, "maddr"u8):
                    if (hasMaddr || range.Length == 0)
                    {
                        return false;
                    }

                    hasMaddr = true;
                    layout.Maddr = range;
                    break;
                case 6 when SipGrammar.IsName(name, "branch"u8):
                    if (hasBranch || range.Length == 0 || parameters.IsQuoted)
                    {
                        return false;
                    }

                    hasBranch = true;
                    layout.Branch = range;
                    break;
                case 8 when SipGrammar.IsName(name, "received"u8):
                    if (hasReceived || range.Length == 0)
                    {
                        return false;
                    }

                    hasReceived = true;
                    layout.Received = range;
                    break;
            }
        }

        consumed = start + parameters.Position;
        layout.Parameters = TextRange.Between(start, consumed);
        return !parameters.IsMalformed;
    }

    private static bool TryReadRport(ReadOnlySpan<byte> digits, ref Layout layout)
    {
        if (!SipGrammar.TryParseNumber(digits, ushort.MaxValue, out ulong port))
        {
            return false;
        }

        layout.Rport = (ushort)port;
        return true;
    }

    /// <summary>Where the parts stand; kept by <see cref="SipMessage"/> so that a value is read once.</summary>
    internal struct Layout
    {
        public TextRange Transport;
        public TextRange Host;
        public TextRange Branch;
        public TextRange Received;
        public TextRange Maddr;
        public TextRange Parameters;
        public ushort Port;
        public ushort Rport;
        public SipTransport TransportKind;
        public bool HasRport;
    }
}
