using MediaCore.Primitives;

namespace MediaCore.Control.Policy;

/// <summary>
/// Leaves a control plane alone that fails: after <see cref="BreakerOptions.Failures"/> failures in a row, or a share of them, nothing is asked for <see cref="BreakerOptions.OpenFor"/>; then one question at a time, of which the first
/// good answer closes it and the first failure opens it again. What was asked in an earlier state says nothing about the present one.
/// </summary>
/// <remarks>Thread-safe; a lock held for a few comparisons. Time is passed in.</remarks>
public sealed class CircuitBreaker(BreakerOptions options)
{
    private const int BucketCount = 10;
    private static readonly TimeSpan s_bucket = BreakerOptions.Window / BucketCount;

    private readonly Lock _lock = new();
    private readonly int[] _asked = new int[BucketCount];
    private readonly int[] _failed = new int[BucketCount];
    private BreakerState _state;
    private long _bucket;
    private int _inRow;
    private int _generation;
    private bool _isTrying;
    private Timestamp _openUntil;

    /// <summary>Its state, as of the last question.</summary>
    public BreakerState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    /// <summary>Whether a question may be asked now. Each that may has to be followed by one of <see cref="NoteAnswer"/>, <see cref="NoteFailure"/> and <see cref="NoteNothing"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="generation">What is to be said with the outcome.</param>
    public bool TryEnter(Timestamp now, out int generation)
    {
        lock (_lock)
        {
            if (_state == BreakerState.Open && now >= _openUntil)
            {
                Change(BreakerState.HalfOpen);
            }

            bool may = _state == BreakerState.Closed || (_state == BreakerState.HalfOpen && !_isTrying);
            _isTrying |= may && _state == BreakerState.HalfOpen;
            generation = _generation;
            return may;
        }
    }

    /// <summary>There was an answer.</summary>
    /// <returns>Whether that has closed it.</returns>
    public bool NoteAnswer(int generation, Timestamp now)
    {
        lock (_lock)
        {
            if (generation != _generation)
            {
                return false;
            }

            _inRow = 0;
            if (_state == BreakerState.HalfOpen)
            {
                Array.Clear(_asked);
                Array.Clear(_failed);
                Change(BreakerState.Closed);
                return true;
            }

            _asked[BucketOf(now)]++;
            return false;
        }
    }

    /// <summary>There was none, or none of use.</summary>
    /// <returns>Whether that has opened it.</returns>
    public bool NoteFailure(int generation, Timestamp now)
    {
        lock (_lock)
        {
            if (generation != _generation)
            {
                return false;
            }

            int bucket = BucketOf(now);
            _asked[bucket]++;
            _failed[bucket]++;
            _inRow++;
            int asked = _asked.Sum();
            if (_state == BreakerState.Closed && _inRow < options.Failures && (asked < options.MinQuestions || _failed.Sum() < options.Ratio * asked))
            {
                return false;
            }

            bool wasClosed = _state == BreakerState.Closed;
            _openUntil = now + options.OpenFor;
            Change(BreakerState.Open);
            return wasClosed;
        }
    }

    /// <summary>Nobody waited for the answer any more.</summary>
    public void NoteNothing(int generation)
    {
        lock (_lock)
        {
            _isTrying &= generation != _generation;
        }
    }

    private void Change(BreakerState state)
    {
        _state = state;
        _generation++;
        _isTrying = false;
        _inRow = 0;
    }

    /// <summary>The bucket of a time; those in between that nothing fell into are emptied.</summary>
    private int BucketOf(Timestamp now)
    {
        long bucket = now.Nanoseconds / (long)s_bucket.TotalNanoseconds;
        for (long i = Math.Max(_bucket + 1, bucket - BucketCount + 1); i <= bucket; i++)
        {
            _asked[i % BucketCount] = _failed[i % BucketCount] = 0;
        }

        _bucket = Math.Max(_bucket, bucket);
        return (int)(_bucket % BucketCount);
    }
}
