using System.Text;
using MediaCore.Primitives;

namespace MediaCore.Engine.Control;

/// <summary>The key by which the session table finds a call's shard by the call's identifier. Tags of ours are never empty, so it is no dialog's.</summary>
internal static class CallKey
{
    /// <summary>The key; false for what cannot be a call's identifier.</summary>
    public static bool TryMake(string callId, out SessionKey key)
    {
        Span<byte> bytes = stackalloc byte[ControlLimits.MaxCallIdChars];
        key = default;
        if (callId.Length is 0 or > ControlLimits.MaxCallIdChars || !Ascii.IsValid(callId) || !Encoding.ASCII.TryGetBytes(callId, bytes, out int length))
        {
            return false;
        }

        key = SessionKey.From(bytes[..length], default);
        return true;
    }
}
