using System.Runtime.InteropServices;

namespace MediaCore.Transport.Polling;

/// <summary>A counter with its own pair of cache lines (64 bytes each, fetched in pairs on x86-64), so that two writers don't share one.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedLong
{
    [FieldOffset(128)]
    public long Value;
}
