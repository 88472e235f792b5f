using System.Runtime.InteropServices;

namespace MediaCore.LoadTests.Media;

/// <summary>CLOCK_REALTIME, the clock that the kernel stamps received packets with. Only differences over milliseconds are made of it.</summary>
internal static unsafe partial class WallClock
{
    private const int Realtime = 0;

    /// <summary>Nanoseconds since 1970.</summary>
    public static long Nanoseconds
    {
        get
        {
            Timespec now;
            _ = GetTime(Realtime, &now);
            return now.Nanoseconds;
        }
    }

    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, Timespec* time);

    /// <summary><c>struct timespec</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        public long Whole;
        public long Fraction;

        public readonly long Nanoseconds => (Whole * 1_000_000_000) + Fraction;
    }
}
