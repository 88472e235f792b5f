using System.Runtime.CompilerServices;

namespace MediaCore.Rtp.Srtp.Cryptography;

/// <summary>
/// The five words of SHA-1 between two blocks, FIPS 180-4 §6.1. It is as long as OpenSSL's <c>SHA_CTX</c>, which begins with the same words, so that
/// <see cref="Sha1PlatformBlock"/> may work on it; the rest is not used.
/// </summary>
[InlineArray(ContextWords)]
internal struct Sha1State
{
    /// <summary>Words that hold the state.</summary>
    public const int Words = 5;

    /// <summary>Words of OpenSSL's context: state, length, 16 words of data, count.</summary>
    private const int ContextWords = 24;

    private uint _first;

    /// <summary>The state before the first block, §5.3.1.</summary>
    public void Start()
    {
        this[0] = 0x67452301;
        this[1] = 0xefcdab89;
        this[2] = 0x98badcfe;
        this[3] = 0x10325476;
        this[4] = 0xc3d2e1f0;
    }
}
