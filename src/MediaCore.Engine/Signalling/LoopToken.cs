using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Signalling;

/// <summary>
/// Loop detection of RFC 5393 §4.2 for a back-to-back user agent: 32 bits of our branch are a keyed hash of all that decides where a call goes (what was
/// dialled, who calls, where it came from). A new INVITE that has one of our branches among its Vias with the hash that it would get itself has been here
/// before and would go round again. A call that comes back changed (another number, another trunk) is a spiral and goes on. See
/// docs/adr/0010-loops.md.
/// </summary>
internal static class LoopToken
{
    private const int Offset = 23;
    private const int Digits = 8;

    /// <summary>The hash of a new call's routing facts.</summary>
    public static uint Compute(ReadOnlySpan<byte> called, ReadOnlySpan<byte> caller, string? source, SipHashKey key)
    {
        Span<byte> facts = stackalloc byte[(2 * 256) + (2 * 128) + 2];
        int length = 0;
        Append(facts, called, ref length);
        Append(facts, caller, ref length);
        foreach (char c in (source ?? "").AsSpan(0, Math.Min(source?.Length ?? 0, 128)))
        {
            facts[length++] = (byte)c;
        }

        // Another use of the key must not yield the same number.
        return (uint)SipHash24.Hash(facts[..length], key.K1 ^ 0x6C6F_6F70, key.K0);
    }

    /// <summary>Puts the hash into a branch of ours.</summary>
    public static void Write(uint token, Span<byte> branch) => IdentifierSource.WriteHex(token, branch.Slice(Offset, Digits));

    /// <summary>A request that is sent again keeps the hash of the first: it goes the same way.</summary>
    public static void Copy(ReadOnlySpan<byte> first, Span<byte> branch) => first.Slice(Offset, Digits).CopyTo(branch[Offset..]);

    /// <summary>Whether the request has passed here with the same facts.</summary>
    public static bool IsIn(SipMessage request, uint token)
    {
        Span<byte> digits = stackalloc byte[Digits];
        IdentifierSource.WriteHex(token, digits);
        foreach (ReadOnlySpan<byte> value in request.EnumerateValues(SipHeaderName.Via))
        {
            if (ViaHeader.TryParse(value, out ViaHeader via) && via.Branch.Length == ClientTransaction.BranchBytes && via.HasMagicBranch
                && via.Branch.Slice(Offset, Digits).SequenceEqual(digits))
            {
                return true;
            }
        }

        return false;
    }

    private static void Append(Span<byte> facts, ReadOnlySpan<byte> part, ref int length)
    {
        part = part[..Math.Min(part.Length, 256)];
        part.CopyTo(facts[length..]);
        length += part.Length;
        facts[length++] = 0;
    }
}
