using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MediaCore.Transport.Native;

namespace MediaCore.Transport.Polling;

public sealed unsafe partial class EventPoller
{
    // struct epoll_event is packed to 12 bytes on x86-64 and has its natural 16 elsewhere.
    private static readonly int s_eventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int s_tokenOffset = s_eventBytes - sizeof(ulong);
    private static int s_preciseWait = NativeLibrary.TryLoad("libc.so.6", out nint libc) && NativeLibrary.TryGetExport(libc, "epoll_pwait2", out _) ? 1 : 0;

    private readonly NativeDescriptor _epoll;
    private readonly NativeDescriptor _wake;
    private readonly byte[] _buffer;
    private bool _disposed;

    /// <summary>Opens an empty set: two descriptors and 4 KiB.</summary>
    /// <exception cref="PlatformNotSupportedException">Not 64-bit Linux.</exception>
    /// <exception cref="IOException">No descriptor left.</exception>
    public EventPoller()
    {
        NativePlatform.RequireLinux();
        _epoll = NativeDescriptor.Own(NativeLibc.EpollCreate(NativeSocketConstants.CloseOnExec), "epoll_create1");
        try
        {
            _wake = NativeDescriptor.Own(
                NativeLibc.EventDescriptor(0, NativeSocketConstants.CloseOnExec | NativeSocketConstants.NonBlocking), "eventfd");
        }
        catch
        {
            _epoll.Dispose();
            throw;
        }

        _buffer = GC.AllocateArray<byte>(MaxEventsPerWait * s_eventBytes, pinned: true);
        ControlCore(NativeSocketConstants.PollAdd, _wake.Value, ReservedToken, PollInterest.Read);
    }

    /// <summary>Stops watching. A descriptor that is not watched, or closed already, is no error: closing it ended the watch.</summary>
    public void Remove(int descriptor)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (NativeLibc.EpollControl(_epoll.Value, NativeSocketConstants.PollDelete, descriptor, null) < 0)
        {
            int errorNumber = Marshal.GetLastPInvokeError();
            if (errorNumber is not (NativeErrno.NoEntry or NativeErrno.BadDescriptor))
            {
                throw NativeDescriptor.Failure("epoll_ctl(DEL)", errorNumber);
            }
        }
    }

    /// <summary>Closes the set and its eventfd; the watched descriptors stay open.</summary>
    public void Dispose()
    {
        _disposed = true;
        _wake.Dispose();
        _epoll.Dispose();
    }

    private void Control(int operation, int descriptor, ulong token, PollInterest interest)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (token == ReservedToken)
        {
            throw new ArgumentOutOfRangeException(nameof(token), "This token is the poller's own.");
        }

        ControlCore(operation, descriptor, token, interest);
    }

    private void ControlCore(int operation, int descriptor, ulong token, PollInterest interest)
    {
        byte* pollEvent = stackalloc byte[16];
        uint mask = (interest.HasFlag(PollInterest.Read) ? (uint)NativeSocketConstants.PollIn : 0)
            | (interest.HasFlag(PollInterest.Write) ? (uint)NativeSocketConstants.PollOut : 0);
        Unsafe.WriteUnaligned(pollEvent, mask);
        Unsafe.WriteUnaligned(pollEvent + s_tokenOffset, token);
        if (NativeLibc.EpollControl(_epoll.Value, operation, descriptor, pollEvent) < 0)
        {
            throw NativeDescriptor.Failure("epoll_ctl", Marshal.GetLastPInvokeError());
        }
    }

    private int WaitCore(Span<ReadyEvent> events, long timeoutNanoseconds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (events.IsEmpty)
        {
            throw new ArgumentException("There must be room for an event.", nameof(events));
        }

        byte* buffer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));
        int found = WaitNative(buffer, Math.Min(events.Length, MaxEventsPerWait), timeoutNanoseconds);
        int count = 0;
        for (int i = 0; i < found; i++)
        {
            byte* item = buffer + (i * s_eventBytes);
            uint mask = Unsafe.ReadUnaligned<uint>(item);
            ulong token = Unsafe.ReadUnaligned<ulong>(item + s_tokenOffset);
            if (token == ReservedToken)
            {
                AbsorbWake();
                continue;
            }

            const uint errors = NativeSocketConstants.PollError | NativeSocketConstants.PollHangUp;
            events[count++] = new ReadyEvent(
                token,
                (mask & (NativeSocketConstants.PollIn | errors)) != 0,
                (mask & NativeSocketConstants.PollOut) != 0,
                (mask & errors) != 0);
        }

        return count;
    }

    private int WaitNative(byte* buffer, int maxEvents, long timeoutNanoseconds)
    {
        int found;
        if (timeoutNanoseconds > 0 && Volatile.Read(ref s_preciseWait) != 0)
        {
            long* duration = stackalloc long[2];
            (duration[0], duration[1]) = Math.DivRem(timeoutNanoseconds, 1_000_000_000L);
            found = NativeLibc.EpollWaitPrecise(_epoll.Value, buffer, maxEvents, duration, null);
            if (found < 0 && Marshal.GetLastPInvokeError() is NativeErrno.NoSystemCall or NativeErrno.NotPermitted)
            {
                // A kernel before 5.11, or a seccomp filter that does not know the call.
                Volatile.Write(ref s_preciseWait, 0);
                found = WaitMilliseconds(buffer, maxEvents, timeoutNanoseconds);
            }
        }
        else
        {
            found = WaitMilliseconds(buffer, maxEvents, timeoutNanoseconds);
        }

        if (found >= 0)
        {
            return found;
        }

        int errorNumber = Marshal.GetLastPInvokeError();
        return errorNumber == NativeErrno.Interrupted ? 0 : throw NativeDescriptor.Failure("epoll_wait", errorNumber);
    }

    private int WaitMilliseconds(byte* buffer, int maxEvents, long timeoutNanoseconds)
    {
        long milliseconds = timeoutNanoseconds < 0 ? -1 : Math.Min((timeoutNanoseconds / 1_000_000) + (timeoutNanoseconds % 1_000_000 == 0 ? 0 : 1), int.MaxValue);
        return NativeLibc.EpollWait(_epoll.Value, buffer, maxEvents, (int)milliseconds);
    }

    private void AbsorbWake()
    {
        ulong counter;
        _ = NativeLibc.Read(_wake.Value, &counter, sizeof(ulong));
        Interlocked.Exchange(ref _wakePending, 0);
    }

    private void SignalWake()
    {
        // The handle's count keeps the number from being closed, and given to another file, between the check and the write.
        if (!_wake.TryAddReference())
        {
            return;
        }

        try
        {
            // The only refusal is a full counter (2^64-2 unread signals), which means that the wait is due to return anyway.
            ulong one = 1;
            _ = NativeLibc.Write(_wake.Value, &one, sizeof(ulong));
        }
        finally
        {
            _wake.DangerousRelease();
        }
    }
}
