using System.Runtime.InteropServices;

namespace MediaCore.Transport.Native;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeBufferVector
{
    public void* Base;
    public nuint Length;
}
