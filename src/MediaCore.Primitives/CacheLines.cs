using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MediaCore.Primitives;

/// <summary>Has the processor fetch what will be needed in a moment, while it does something else: a packet's objects lie idle for 20 ms, and are in no cache any more when the next one comes.</summary>
public static class CacheLines
{
    private const int LineBytes = 64;

    /// <summary>
    /// Asks for the first <paramref name="bytes"/> of an object and touches none of them, so it neither waits nor fails; when the collector moves the object meanwhile, the wrong bytes are fetched, to no harm. Does nothing on
    /// processors other than x86.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch(object target, int bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        byte* start = (byte*)Unsafe.As<object, nint>(ref target);
        for (int i = 0; i < bytes; i += LineBytes)
        {
            Sse.Prefetch0(start + i);
        }
    }
}
