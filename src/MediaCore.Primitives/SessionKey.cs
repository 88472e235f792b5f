namespace MediaCore.Primitives;

/// <summary>
/// What <see cref="SessionTable"/> looks up: two independent keyed 64-bit hashes (<see cref="SipHash24"/>) of an identifier that a peer
/// may have chosen, such as a Call-ID with a tag. The table does not keep the text; among a million live keys, two distinct identifiers
/// share all 128 bits with a probability of about 2⁻⁸⁹, and nobody outside can aim for it without the process's secret.
/// </summary>
/// <param name="Low">The hash under the first key; its low bits choose the place in the table.</param>
/// <param name="High">The hash under the second key.</param>
public readonly record struct SessionKey(ulong Low, ulong High)
{
    private static readonly SipHashKey s_processFirst = SipHashKey.Random();
    private static readonly SipHashKey s_processSecond = SipHashKey.Random();

    /// <summary>The key of the pair (<paramref name="a"/>, <paramref name="b"/>) under this process's own secrets.</summary>
    public static SessionKey From(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => From(a, b, s_processFirst, s_processSecond);

    /// <summary>
    /// The key of the pair (<paramref name="a"/>, <paramref name="b"/>). The length of <paramref name="a"/> is hashed with it, so that
    /// moving the border between the two gives another key. The two secrets must be independent.
    /// </summary>
    public static SessionKey From(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, SipHashKey first, SipHashKey second) =>
        new(Hash(a, b, first), Hash(a, b, second));

    /// <summary>A short form for logs; it reveals nothing about the identifier.</summary>
    public override string ToString() => $"key:{(uint)High:x8}";

    private static ulong Hash(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, SipHashKey key)
    {
        SipHash24 hash = new(key);
        hash.Append((uint)a.Length);
        hash.Append(a);
        hash.Append(b);
        return hash.Finish();
    }
}
