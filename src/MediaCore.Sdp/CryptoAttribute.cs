using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace MediaCore.Sdp;

/// <summary>
/// One <c>a=crypto</c> line (RFC 4568) as plain data: what the one who sends it uses to protect what it sends. About 80 bytes with the key in them, so <see cref="Clear"/> it where it is no
/// longer wanted; it has no text form that shows the key.
/// </summary>
public struct CryptoAttribute
{
    private KeyBytes _key;

    /// <summary>The number by which offer and answer name the line, 1 to 999,999,999; 0 in an unused value.</summary>
    public int Tag { get; private set; }

    /// <summary>The suite.</summary>
    public CryptoSuite Suite { get; private set; }

    /// <summary>Bytes of the key identifier that goes with every packet, RFC 4568 §6.1; 0: none does.</summary>
    public byte MkiBytes { get; private set; }

    /// <summary>The key identifier as a number, written in <see cref="MkiBytes"/> bytes big-endian.</summary>
    public ulong Mki { get; private set; }

    /// <summary>Packets that the sender will protect with the key, RFC 4568 §6.1; 0 where it doesn't say: as many as RFC 3711 §9.2 allows.</summary>
    public ulong LifetimePackets { get; private set; }

    /// <summary>The replay window that the sender suggests in packets (<c>WSH</c>, RFC 4568 §6.3.6); 0 where it doesn't.</summary>
    public int WindowPackets { get; private set; }

    /// <summary>The master key.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Key => ((ReadOnlySpan<byte>)_key)[..CryptoSuites.KeyBytes(Suite)];

    /// <summary>The master salt.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Salt => ((ReadOnlySpan<byte>)_key).Slice(CryptoSuites.KeyBytes(Suite), CryptoSuites.SaltBytes(Suite));

    /// <summary>A line of ours, without lifetime and key identifier.</summary>
    /// <param name="tag">1 to 999,999,999.</param>
    /// <param name="suite">Not <see cref="CryptoSuite.Unknown"/>.</param>
    /// <param name="keyAndSalt">Random bytes, as many as the suite's key and salt have.</param>
    public static CryptoAttribute Create(int tag, CryptoSuite suite, ReadOnlySpan<byte> keyAndSalt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tag, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag, SdpLimits.MaxCryptoTag);
        ArgumentOutOfRangeException.ThrowIfEqual((int)suite, (int)CryptoSuite.Unknown, nameof(suite));
        ArgumentOutOfRangeException.ThrowIfNotEqual(keyAndSalt.Length, CryptoSuites.KeyBytes(suite) + CryptoSuites.SaltBytes(suite), nameof(keyAndSalt));
        CryptoAttribute attribute = new() { Tag = tag, Suite = suite };
        keyAndSalt.CopyTo(attribute._key);
        return attribute;
    }

    /// <summary>Reads the value of an <c>a=crypto</c> line, what follows the colon.</summary>
    public static CryptoError Parse(ReadOnlySpan<byte> value, out CryptoAttribute attribute)
    {
        attribute = default;
        CryptoError error = Read(value, ref attribute);
        if (error != CryptoError.None)
        {
            attribute.Clear();
        }

        return error;
    }

    /// <summary>Whether both use the same key in the same way, so that going from one to the other changes nothing.</summary>
    public readonly bool HasSameKey(in CryptoAttribute other) =>
        Suite == other.Suite
        && Mki == other.Mki
        && MkiBytes == other.MkiBytes
        && CryptographicOperations.FixedTimeEquals(_key, other._key);

    /// <summary>Writes the key identifier as it stands in packets; returns its bytes.</summary>
    /// <param name="dest"><see cref="MkiBytes"/> bytes or more.</param>
    public readonly int WriteMki(Span<byte> dest)
    {
        for (int i = 0; i < MkiBytes; i++)
        {
            int shift = (MkiBytes - 1 - i) * 8;
            dest[i] = shift < 64 ? (byte)(Mki >> shift) : (byte)0;
        }

        return MkiBytes;
    }

    /// <summary>The same line under another tag: an answer repeats its offer's (RFC 4568 §7.1.2).</summary>
    public readonly CryptoAttribute WithTag(int tag) => this with { Tag = tag };

    /// <summary>Forgets the line and wipes its key.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_key);
        this = default;
    }

    /// <summary>Writes the whole line with its end.</summary>
    public readonly void Write(ref SdpWriter writer)
    {
        Span<byte> text = stackalloc byte[SdpLimits.MaxCryptoKeyTextBytes];
        Base64.EncodeToUtf8(((ReadOnlySpan<byte>)_key)[..(CryptoSuites.KeyBytes(Suite) + CryptoSuites.SaltBytes(Suite))], text, out _, out int written);
        writer.Append("a=crypto:"u8);
        writer.Append((ulong)Tag);
        writer.Append(" "u8);
        writer.Append(CryptoSuites.TokenOf(Suite));
        writer.Append(" inline:"u8);
        writer.Append(text[..written]);
        CryptographicOperations.ZeroMemory(text);
        if (LifetimePackets != 0)
        {
            writer.Append("|"u8);
            writer.Append(LifetimePackets);
        }

        if (MkiBytes != 0)
        {
            writer.Append("|"u8);
            writer.Append(Mki);
            writer.Append(":"u8);
            writer.Append((ulong)MkiBytes);
        }

        if (WindowPackets != 0)
        {
            writer.Append(" WSH="u8);
            writer.Append((ulong)WindowPackets);
        }

        writer.Append("\r\n"u8);
    }

    private static CryptoError Read(ReadOnlySpan<byte> value, ref CryptoAttribute attribute)
    {
        if (!SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> tagText)
            || tagText.Length > SdpLimits.MaxCryptoTagDigits
            || !SdpGrammar.TryReadUInt32(tagText, out uint tag)
            || tagText[0] == (byte)'0'
            || !SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> suiteText)
            || !SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> keyText))
        {
            return CryptoError.Malformed;
        }

        attribute.Tag = (int)tag;
        attribute.Suite = CryptoSuites.Of(suiteText);
        if (attribute.Suite == CryptoSuite.Unknown)
        {
            return CryptoError.UnknownSuite;
        }

        CryptoError error = ReadKey(keyText, ref attribute);
        while (error == CryptoError.None && SdpGrammar.TryTakeField(ref value, out ReadOnlySpan<byte> parameter))
        {
            error = ReadParameter(parameter, ref attribute);
        }

        return error;
    }

    private static CryptoError ReadKey(ReadOnlySpan<byte> text, ref CryptoAttribute attribute)
    {
        ReadOnlySpan<byte> method = "inline:"u8;
        if (text.Length < method.Length || !Ascii.EqualsIgnoreCase(text[..method.Length], method))
        {
            return CryptoError.Malformed;
        }

        text = text[method.Length..];
        if (text.Contains((byte)';'))
        {
            return CryptoError.Unsupported;
        }

        int bar = text.IndexOf((byte)'|');
        CryptoError error = DecodeKey(bar < 0 ? text : text[..bar], ref attribute);
        bool hasLifetime = false;
        while (error == CryptoError.None && bar >= 0)
        {
            text = text[(bar + 1)..];
            bar = text.IndexOf((byte)'|');
            ReadOnlySpan<byte> part = bar < 0 ? text : text[..bar];
            int colon = part.IndexOf((byte)':');

            // The identifier is the last part, and the lifetime stands before it.
            bool valid = colon >= 0
                ? bar < 0 && TryReadMki(part[..colon], part[(colon + 1)..], ref attribute)
                : !hasLifetime && TryReadLifetime(part, ref attribute);
            hasLifetime = true;
            error = valid ? CryptoError.None : CryptoError.Malformed;
        }

        return error;
    }

    private static CryptoError DecodeKey(ReadOnlySpan<byte> text, ref CryptoAttribute attribute)
    {
        text = text.TrimEnd((byte)'=');
        if (text.Length > SdpLimits.MaxCryptoKeyTextBytes || text.ContainsAnyInRange((byte)0, (byte)' '))
        {
            return CryptoError.WrongKeyLength;
        }

        Span<byte> padded = stackalloc byte[SdpLimits.MaxCryptoKeyTextBytes];
        text.CopyTo(padded);
        int length = (text.Length + 3) & ~3;
        padded[text.Length..length].Fill((byte)'=');
        Span<byte> key = stackalloc byte[SdpLimits.MaxCryptoKeyTextBytes];
        OperationStatus status = Base64.DecodeFromUtf8(padded[..length], key, out _, out int written);
        CryptoError error = status != OperationStatus.Done ? CryptoError.Malformed
            : written != CryptoSuites.KeyBytes(attribute.Suite) + CryptoSuites.SaltBytes(attribute.Suite) ? CryptoError.WrongKeyLength
            : CryptoError.None;
        if (error == CryptoError.None)
        {
            key[..written].CopyTo(attribute._key);
        }

        CryptographicOperations.ZeroMemory(padded);
        CryptographicOperations.ZeroMemory(key);
        return error;
    }

    private static bool TryReadLifetime(ReadOnlySpan<byte> text, ref CryptoAttribute attribute)
    {
        ulong packets;
        if (text.StartsWith("2^"u8))
        {
            if (!SdpGrammar.TryReadUInt32(text[2..], out uint exponent) || exponent > SdpLimits.MaxCryptoLifetimeExponent)
            {
                return false;
            }

            packets = 1UL << (int)exponent;
        }
        else if (!TryReadUInt64(text, out packets) || packets is 0 or > 1UL << SdpLimits.MaxCryptoLifetimeExponent)
        {
            return false;
        }

        attribute.LifetimePackets = packets;
        return true;
    }

    private static bool TryReadMki(ReadOnlySpan<byte> number, ReadOnlySpan<byte> length, ref CryptoAttribute attribute)
    {
        if (!TryReadUInt64(number, out ulong mki)
            || !SdpGrammar.TryReadUInt32(length, out uint bytes)
            || bytes is 0 or > SdpLimits.MaxCryptoMkiBytes
            || (bytes < 8 && mki >> (int)(bytes * 8) != 0))
        {
            return false;
        }

        attribute.Mki = mki;
        attribute.MkiBytes = (byte)bytes;
        return true;
    }

    /// <summary>RFC 4568 §6.3: what we cannot do makes the line unusable, unless its name says with a dash that it may be ignored (§6.3.7).</summary>
    private static CryptoError ReadParameter(ReadOnlySpan<byte> parameter, ref CryptoAttribute attribute)
    {
        if (parameter[0] == (byte)'-')
        {
            return CryptoError.None;
        }

        ReadOnlySpan<byte> window = "WSH="u8;
        if (!parameter.StartsWith(window))
        {
            return CryptoError.Unsupported;
        }

        if (!SdpGrammar.TryReadUInt32(parameter[window.Length..], out uint packets) || packets > SdpLimits.MaxCryptoWindowPackets)
        {
            return CryptoError.Malformed;
        }

        attribute.WindowPackets = (int)packets;
        return CryptoError.None;
    }

    private static bool TryReadUInt64(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        return !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(text, out value, out int consumed) && consumed == text.Length;
    }

    [InlineArray(CryptoSuites.MaxKeyAndSaltBytes)]
    private struct KeyBytes
    {
        private byte _first;
    }
}
