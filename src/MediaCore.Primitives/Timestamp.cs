using System.Runtime.CompilerServices;

namespace MediaCore.Primitives;

/// <summary>
/// A point on the monotonic clock, in nanoseconds since an arbitrary start of the process. Every sans-IO core is driven by
/// <c>input + now</c>, where <c>now</c> is a <see cref="Timestamp"/>; no core reads a clock itself. It says nothing about the time of
/// day: shells that need wall-clock time keep a <see cref="TimeProvider"/> beside it.
/// </summary>
public readonly record struct Timestamp(long Nanoseconds) : IComparable<Timestamp>
{
    private const long FewNanoseconds = 1L << 61;
    private const long FewTicks = FewNanoseconds / TimeSpan.NanosecondsPerTick;

    /// <summary>The deadline of something that has none; later than every other value.</summary>
    public static readonly Timestamp Never = new(long.MaxValue);

    /// <summary>The start of the clock.</summary>
    public static readonly Timestamp Zero = new(0);

    /// <summary>Whether this is <see cref="Never"/>.</summary>
    public bool IsNever => Nanoseconds == long.MaxValue;

    /// <summary>A timestamp of so many milliseconds after the start; for tests and constants.</summary>
    public static Timestamp FromMilliseconds(long milliseconds) => new(milliseconds * 1_000_000);

    /// <summary>Adds a span; <see cref="Never"/> stays <see cref="Never"/>, and a sum past it saturates there.</summary>
    public static Timestamp operator +(Timestamp left, TimeSpan right)
    {
        if (left.IsNever)
        {
            return Never;
        }

        // Within 73 years nothing overflows, and 128 bits cost ten times as much on the packet path.
        return right.Ticks is > -FewTicks and < FewTicks && left.Nanoseconds is > -FewNanoseconds and < FewNanoseconds
            ? new Timestamp(left.Nanoseconds + (right.Ticks * TimeSpan.NanosecondsPerTick))
            : AddExactly(left, right);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Timestamp AddExactly(Timestamp left, TimeSpan right)
    {
        Int128 sum = left.Nanoseconds + ((Int128)right.Ticks * TimeSpan.NanosecondsPerTick);
        return sum >= long.MaxValue ? Never : new Timestamp((long)Int128.Max(sum, long.MinValue));
    }

    /// <summary>The span from <paramref name="right"/> to <paramref name="left"/>, to 100 ns; exact for any two timestamps.</summary>
    public static TimeSpan operator -(Timestamp left, Timestamp right) =>
        left.Nanoseconds is > -FewNanoseconds and < FewNanoseconds && right.Nanoseconds is > -FewNanoseconds and < FewNanoseconds
            ? new((left.Nanoseconds - right.Nanoseconds) / TimeSpan.NanosecondsPerTick)
            : SubtractExactly(left, right);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TimeSpan SubtractExactly(Timestamp left, Timestamp right) =>
        new((long)(((Int128)left.Nanoseconds - right.Nanoseconds) / TimeSpan.NanosecondsPerTick));

    /// <summary>The earlier of the two.</summary>
    public static Timestamp Min(Timestamp left, Timestamp right) => left.Nanoseconds <= right.Nanoseconds ? left : right;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) => Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.Nanoseconds < right.Nanoseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.Nanoseconds > right.Nanoseconds;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.Nanoseconds <= right.Nanoseconds;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.Nanoseconds >= right.Nanoseconds;

    /// <inheritdoc/>
    public override string ToString() => IsNever
        ? "never"
        : $"{(Nanoseconds < 0 ? "-" : "")}{Math.Abs(Nanoseconds / 1_000_000)}.{Math.Abs(Nanoseconds / 1_000 % 1_000):D3} ms";
}
