using System.Runtime.InteropServices;

namespace MediaCore.Transport.Native;

/// <summary>
/// <c>struct mmsghdr</c> of recvmmsg(2) and sendmmsg(2) on 64-bit Linux: 64 bytes. musl declares two of the fields as 32 bits and padding,
/// which is the same layout as long as the padding is zero, as it is here.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessageHeader
{
    public void* Name;
    public ulong NameLength;
    public NativeBufferVector* Vectors;
    public ulong VectorCount;
    public void* Control;
    public ulong ControlLength;
    public int Flags;
    private readonly int _padding;
    public uint Length;
    private readonly int _tailPadding;
}
