using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using MediaCore.Rtp.Srtp.Cryptography;

namespace MediaCore.Rtp.Srtp;

/// <summary>
/// Session keys from a master key, RFC 3711 §4.3.1 with AES in counter mode of the master key's length (RFC 6188 §3, RFC 7714 §11) and a key derivation rate of 0: each key is
/// derived once.
/// </summary>
internal static class SrtpKeyDerivation
{
    /// <summary>Fills <paramref name="key"/> with the key or salt of a label.</summary>
    /// <param name="masterKey">16, 24 or 32 bytes.</param>
    /// <param name="masterSalt">14 bytes, or 12 with GCM, which are taken as 14 that end in zeros (RFC 7714 §11).</param>
    /// <param name="label">Which one.</param>
    /// <param name="key">As long as wanted.</param>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, Span<byte> key)
    {
        using AesCounterMode aes = AesCounterMode.Create(masterKey);
        // x = (label << 48) XOR master salt, and x times 2^16 is the first counter block: the label falls on the byte with index 7.
        Span<byte> counter = stackalloc byte[AesCounterMode.BlockBytes];
        counter.Clear();
        masterSalt.CopyTo(counter);
        counter[7] ^= (byte)label;
        key.Clear();
        aes.Apply(key, Vector128.Create<byte>(counter));
        CryptographicOperations.ZeroMemory(counter);
    }
}
