using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace MediaCore.Smpp.Pdus;

/// <summary>Reads the fields of a PDU one after the other. After the first that is not there everything reads as empty, and <see cref="HasFailed"/> says so.</summary>
/// <param name="octets">The body.</param>
internal ref struct OctetReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> _rest = octets;

    /// <summary>What was wrong.</summary>
    public CommandStatus Failure { get; private set; }

    public readonly bool HasFailed => Failure != CommandStatus.Ok;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            Fail(CommandStatus.InvalidCommandLength);
            return 0;
        }

        byte octet = _rest[0];
        _rest = _rest[1..];
        return octet;
    }

    public string ReadText()
    {
        int end = _rest.IndexOf((byte)0);
        if (end is < 0 or >= SmppLimits.MaxTextOctets)
        {
            Fail(end < 0 ? CommandStatus.InvalidCommandLength : CommandStatus.InvalidParameterLength);
            return "";
        }

        string text = Encoding.Latin1.GetString(_rest[..end]);
        _rest = _rest[(end + 1)..];
        return text;
    }

    public SmppAddress ReadAddress()
    {
        byte ton = ReadByte();
        byte npi = ReadByte();
        return new SmppAddress(ReadText(), ton, npi);
    }

    public ImmutableArray<byte> ReadShortMessage()
    {
        int length = ReadByte();
        if (length > _rest.Length || length > SmppLimits.MaxShortMessageOctets)
        {
            Fail(CommandStatus.InvalidMessageLength);
            return [];
        }

        ImmutableArray<byte> value = [.. _rest[..length]];
        _rest = _rest[length..];
        return value;
    }

    public void SkipToEnd() => _rest = default;

    public bool TryReadTlvs(out ImmutableArray<Tlv> tlvs)
    {
        tlvs = [];
        if (_rest.IsEmpty)
        {
            return true;
        }

        ImmutableArray<Tlv>.Builder found = ImmutableArray.CreateBuilder<Tlv>();
        while (!_rest.IsEmpty)
        {
            if (_rest.Length < 4 || found.Count >= SmppLimits.MaxTlvs)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            if (length > _rest.Length - 4)
            {
                return false;
            }

            found.Add(new Tlv((SmppTag)BinaryPrimitives.ReadUInt16BigEndian(_rest), [.. _rest.Slice(4, length)]));
            _rest = _rest[(4 + length)..];
        }

        tlvs = found.ToImmutable();
        return true;
    }

    private void Fail(CommandStatus status)
    {
        Failure = HasFailed ? Failure : status;
        _rest = default;
    }
}
