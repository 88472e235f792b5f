using MediaCore.Audio.Mixing;
using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Conferences;

/// <summary>
/// What one shard's members of a conference said, for the other shards: the last <see cref="Slots"/> ticks. One shard writes, the others copy; nobody waits. A tick that is not there (any more) is not given.
/// </summary>
/// <remarks>
/// A sequence lock for each tick: the writer takes the tick's number off (<see cref="None"/>), a store-store barrier, writes the sums, and publishes the number with a release; a reader sees the number with an acquire, copies, a
/// load-load barrier, and looks whether the number is still the same. A number never comes back within any copy: it is a count of 20 ms since the start of the process.
/// </remarks>
internal sealed class SumSlots<TInterleaving>(int frameSamples)
    where TInterleaving : struct, IInterleaving
{
    /// <summary>Ticks kept: a reader may be two behind, and the one that is being written is not to be read.</summary>
    public const int Slots = 4;

    private const long None = -1;

    private readonly long[] _ticks = [None, None, None, None];
    private readonly int[] _heads = new int[Slots];
    private readonly int[] _levels = new int[Slots];
    private readonly float[] _level = new float[Slots * MixingLimits.MaxTalkers];
    private readonly int[] _sums = new int[Slots * 2 * frameSamples];

    /// <summary>Writes a tick. The owner's thread.</summary>
    /// <param name="tick">Its number, higher than any before.</param>
    /// <param name="publicSum">What was said to all.</param>
    /// <param name="coachSum">What coaches said; empty for nothing.</param>
    /// <param name="levels">Levels of those who are in it.</param>
    public void Write(long tick, ReadOnlySpan<int> publicSum, ReadOnlySpan<int> coachSum, ReadOnlySpan<float> levels)
    {
        int slot = (int)(tick % Slots);
        Volatile.Write(ref _ticks[slot], None);
        Volatile.WriteBarrier();
        TInterleaving.Point();
        int at = slot * 2 * frameSamples;
        publicSum.CopyTo(_sums.AsSpan(at, frameSamples));
        coachSum.CopyTo(_sums.AsSpan(at + frameSamples, frameSamples));
        TInterleaving.Point();
        levels.CopyTo(_level.AsSpan(slot * MixingLimits.MaxTalkers, MixingLimits.MaxTalkers));
        _heads[slot] = coachSum.IsEmpty ? 0 : 1;
        _levels[slot] = levels.Length;
        Volatile.Write(ref _ticks[slot], tick);
    }

    /// <summary>Copies a tick; false when it is not there. Any thread but the owner's.</summary>
    /// <param name="tick">Its number.</param>
    /// <param name="publicSum">Room for a frame.</param>
    /// <param name="coachSum">Room for a frame.</param>
    /// <param name="levels">Room for <see cref="MixingLimits.MaxTalkers"/>.</param>
    /// <param name="hasCoach">Whether there is anything in <paramref name="coachSum"/>.</param>
    /// <param name="levelCount">How many levels there are.</param>
    public bool TryCopy(long tick, Span<int> publicSum, Span<int> coachSum, Span<float> levels, out bool hasCoach, out int levelCount)
    {
        int slot = (int)(tick % Slots);
        hasCoach = false;
        levelCount = 0;
        if (Volatile.Read(ref _ticks[slot]) != tick)
        {
            return false;
        }

        int at = slot * 2 * frameSamples;
        _sums.AsSpan(at, frameSamples).CopyTo(publicSum);
        TInterleaving.Point();
        hasCoach = _heads[slot] != 0;
        if (hasCoach)
        {
            _sums.AsSpan(at + frameSamples, frameSamples).CopyTo(coachSum);
        }

        levelCount = Math.Clamp(_levels[slot], 0, MixingLimits.MaxTalkers);
        _level.AsSpan(slot * MixingLimits.MaxTalkers, levelCount).CopyTo(levels);
        TInterleaving.Point();
        Volatile.ReadBarrier();
        return Volatile.Read(ref _ticks[slot]) == tick;
    }
}
