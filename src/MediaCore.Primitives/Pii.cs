using System.Runtime.InteropServices;

namespace MediaCore.Primitives;

/// <summary>
/// Wraps what identifies a person (a phone number, a SIP URI, an address) on its way into a log. Formatted, it is <c>pii:</c> and six
/// hex digits of a hash keyed by a secret of this process: two lines about the same number can be joined, within one run, and the
/// number cannot be read or tried out from them. Code that has a right to the real thing takes <see cref="Value"/>.
/// </summary>
/// <remarks>It guards text output only: a serializer that walks properties sees <see cref="Value"/>, so give it none of these.</remarks>
/// <typeparam name="T">The wrapped type; equal values should format alike.</typeparam>
/// <param name="Value">The real value.</param>
public readonly record struct Pii<T>(T Value) : ISpanFormattable, IUtf8SpanFormattable
{
    private const int HexDigits = 6;
    private const int HashBits = 4 * HexDigits;

    /// <summary><c>pii:5f3a9c</c>.</summary>
    public override string ToString() => $"pii:{Digest():x6}";

    /// <summary>The same whatever the format asks for: no format string can open it.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        destination.TryWrite($"pii:{Digest():x6}", out charsWritten);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        System.Text.Unicode.Utf8.TryWrite(utf8Destination, $"pii:{Digest():x6}", out bytesWritten);

    private uint Digest()
    {
        Span<char> buffer = stackalloc char[128];
        ReadOnlySpan<char> text = Value switch
        {
            null => default,
            string s => s,
            ISpanFormattable formattable when formattable.TryFormat(buffer, out int written, default, null) => buffer[..written],
            _ => Value.ToString(),
        };
        return (uint)(SipHash24.Hash(MemoryMarshal.AsBytes(text), PiiKey.Process) >> (64 - HashBits));
    }
}

/// <summary>The secret behind <see cref="Pii{T}"/>; one for all wrapped types, so that a number joins whether it was text or a value.</summary>
internal static class PiiKey
{
    internal static readonly SipHashKey Process = SipHashKey.Random();
}
