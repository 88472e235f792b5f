using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Transport.Native;

/// <summary>A descriptor that is closed once, and never while another thread is using it.</summary>
internal sealed class NativeDescriptor : SafeHandleMinusOneIsInvalid
{
    private NativeDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The number itself.</summary>
    public int Value => (int)handle;

    /// <summary>Takes over what a call returned.</summary>
    /// <exception cref="IOException">It returned -1.</exception>
    public static NativeDescriptor Own(int descriptor, string call) =>
        descriptor < 0 ? throw Failure(call, Marshal.GetLastPInvokeError()) : new NativeDescriptor(descriptor);

    /// <summary>The exception for a call that must not fail.</summary>
    public static IOException Failure(string call, int errorNumber) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(errorNumber)} (errno {errorNumber})", errorNumber);

    /// <summary>Holds the descriptor open until <see cref="SafeHandle.DangerousRelease"/>; false when it is closed already.</summary>
    public bool TryAddReference()
    {
        if (IsClosed)
        {
            return false;
        }

        bool added = false;
        try
        {
            DangerousAddRef(ref added);
        }
        catch (ObjectDisposedException)
        {
            // Closed between the check and the count: the same answer.
            return false;
        }

        return added;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => NativeLibc.Close((int)handle) == 0;
}
