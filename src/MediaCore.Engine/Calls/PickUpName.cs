using System.Buffers.Text;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>
/// The name by which those who watch an account know one of its ringing legs, in the place of the dialog's own Call-ID and tags: enough to pick the call up
/// (RFC 3891), and nothing by which its messages could be told or forged. Nothing is kept for it: the Call-ID is the call's handle and the leg's number, both
/// tags are our shard and a keyed hash of that.
/// </summary>
internal readonly record struct PickUpName(SessionHandle Call, int Leg)
{
    /// <summary>Hex digits of <see cref="WriteCallId"/>.</summary>
    public const int CallIdBytes = 18;

    /// <summary>Legs whose number fits; a call has no more (<see cref="EngineLimits.MaxLegsPerCall"/>).</summary>
    private const int MaxLeg = 0xff;

    /// <summary>The Call-ID and tag of a leg, one behind the other.</summary>
    public static string Create(Leg leg, SipHashKey key)
    {
        Span<byte> text = stackalloc byte[CallIdBytes + IdentifierSource.TagBytes];
        var name = new PickUpName(leg.Call.Handle, leg.Index);
        if (name.Leg > MaxLeg)
        {
            return "";
        }

        name.WriteCallId(text);
        name.WriteTag(text[CallIdBytes..], key);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    /// <summary>Reads a Replaces value that may be such a name; false for the dialogs of others and for a tag that we have not made.</summary>
    public static bool TryRead(scoped in ReplacesHeader replaces, SipHashKey key, out PickUpName name)
    {
        name = default;
        if (replaces.CallId.Length != CallIdBytes
            || !Utf8Parser.TryParse(replaces.CallId[..16], out ulong handle, out int used, 'x') || used != 16
            || !Utf8Parser.TryParse(replaces.CallId[16..], out byte leg, out used, 'x') || used != 2)
        {
            return false;
        }

        name = new PickUpName(SessionHandle.FromPacked(handle), leg);
        Span<byte> tag = stackalloc byte[IdentifierSource.TagBytes];
        name.WriteTag(tag, key);
        return replaces.ToTag.SequenceEqual(tag) && replaces.FromTag.SequenceEqual(tag);
    }

    private void WriteCallId(Span<byte> destination)
    {
        IdentifierSource.WriteHex(Call.Packed, destination[..16]);
        IdentifierSource.WriteHex((ulong)Leg, destination[16..CallIdBytes]);
    }

    private void WriteTag(Span<byte> destination, SipHashKey key)
    {
        Span<byte> callId = stackalloc byte[CallIdBytes];
        WriteCallId(callId);
        IdentifierSource.WriteHex((ulong)Call.Shard, destination[..2]);

        // Another use of the key must not yield the same number.
        IdentifierSource.WriteHex(SipHash24.Hash(callId, key.K1 ^ 0x7069_636B, key.K0), destination[2..IdentifierSource.TagBytes]);
    }
}
