using MediaCore.Primitives;

namespace MediaCore.Engine.MediaSessions.Streams;

/// <summary>
/// A queue of samples between one writing and one reading thread in which the writer never waits: what is not read in time is overwritten, oldest first, and the reader is told how much it has missed. Fixed memory,
/// no locks.
/// </summary>
/// <remarks>
/// Positions count samples since the start and never wrap. The writer announces how far it is going to overwrite (<c>_reserved</c>), writes, and then publishes (<c>_written</c>); the reader copies what is
/// published and looks afterwards whether the announcement has reached what it copied, as a sequence lock does. Order: the announcement is before the samples by a store-store barrier, the publication after
/// them by a release; the reader's copy is after the publication by an acquire, its look at the announcement after the copy by a load-load barrier. So a sample that was overwritten while it was copied always shows in the
/// announcement. <c>_read</c> is the reader's own and published for the writer only as a figure.
/// </remarks>
internal class OverwritingRing<TInterleaving>
    where TInterleaving : struct, IInterleaving
{
    private readonly short[] _samples;
    private readonly int _unit;
    private long _reserved;
    private long _written;
    private long _read;

    /// <summary>An empty ring.</summary>
    /// <param name="capacity">Samples, a multiple of <paramref name="unit"/>.</param>
    /// <param name="unit">What is written and dropped together: 1, or the samples of a record.</param>
    public OverwritingRing(int capacity, int unit = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, unit);
        if (capacity % unit != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A whole number of units.");
        }

        _samples = new short[capacity];
        _unit = unit;
    }

    /// <summary>Samples that fit.</summary>
    public int Capacity => _samples.Length;

    /// <summary>Samples written since the start. For both threads.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Samples read, missed or skipped since the start. For both threads.</summary>
    public long Position => Volatile.Read(ref _read);

    /// <summary>Appends samples; of more than fit only the last remain. The writer's thread.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        long end = _written + samples.Length;
        Volatile.Write(ref _reserved, end);
        Volatile.WriteBarrier();
        TInterleaving.Point();
        long begin = Math.Max(_written, end - _samples.Length);
        ReadOnlySpan<short> rest = samples[(int)(begin - _written)..];
        int at = (int)(begin % _samples.Length);
        int first = Math.Min(rest.Length, _samples.Length - at);
        rest[..first].CopyTo(_samples.AsSpan(at));
        TInterleaving.Point();
        rest[first..].CopyTo(_samples);
        Volatile.Write(ref _written, end);
    }

    /// <summary>Takes the oldest samples. The reader's thread.</summary>
    /// <param name="samples">As many as there are and as fit are written, whole units.</param>
    /// <param name="missed">How many were overwritten before these.</param>
    /// <returns>How many were written.</returns>
    public int Read(Span<short> samples, out long missed)
    {
        missed = 0;
        while (true)
        {
            long written = Volatile.Read(ref _written);
            Drop(Oldest(written), ref missed);
            int count = (int)Math.Min(written - _read, samples.Length);
            count -= count % _unit;
            int at = (int)(_read % _samples.Length);
            int first = Math.Min(count, _samples.Length - at);
            _samples.AsSpan(at, first).CopyTo(samples);
            TInterleaving.Point();
            _samples.AsSpan(0, count - first).CopyTo(samples[first..]);
            TInterleaving.Point();
            Volatile.ReadBarrier();
            long oldest = Oldest(Volatile.Read(ref _reserved));
            if (IsIntact(oldest))
            {
                Volatile.Write(ref _read, _read + count);
                return count;
            }

            // Overwritten under our hands: go on behind what the writer has announced.
            Drop(oldest, ref missed);
        }
    }

    /// <summary>Passes over samples without reading them. The reader's thread.</summary>
    /// <param name="position">Where to go on; not beyond <see cref="Written"/>.</param>
    /// <returns>How many were passed over.</returns>
    public long SkipTo(long position)
    {
        long skipped = Math.Max(0, Math.Min(position, Written) - _read);
        Volatile.Write(ref _read, _read + skipped);
        return skipped;
    }

    /// <summary>Whether what begins at the reader's position was not overwritten; a broken control in the tests says yes to everything.</summary>
    protected virtual bool IsIntact(long oldest) => _read >= oldest;

    // The oldest unit that is whole when the writer has come so far.
    private long Oldest(long end)
    {
        long oldest = end - _samples.Length;
        return oldest <= 0 ? 0 : (oldest + _unit - 1) / _unit * _unit;
    }

    private void Drop(long oldest, ref long missed)
    {
        if (_read < oldest)
        {
            missed += oldest - _read;
            Volatile.Write(ref _read, oldest);
        }
    }
}
