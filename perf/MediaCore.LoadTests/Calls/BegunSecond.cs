using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Calls;

/// <summary>
/// The calls that were to begin in one second of a run, whatever became of them and whenever: a call that gets no answer fails half a minute later, and belongs to the second in which nobody answered it.
/// Owned by the signalling thread.
/// </summary>
internal sealed class BegunSecond
{
    private LatencyHistogram? _times;
    private LatencySummary _setUp = new(0, 0, 0, 0, 0);
    private bool _isPast;

    public long Started { get; private set; }

    /// <summary>Those that went through all of their scenario.</summary>
    public long Ended { get; private set; }

    public long Failed { get; private set; }

    public void Begin() => Started++;

    /// <summary>From the moment at which a call was to begin to its answer.</summary>
    public void AddSetUp(long nanoseconds) => (_times ??= new LatencyHistogram()).Add(nanoseconds);

    public void End()
    {
        Ended++;
        CloseIfOver();
    }

    public void Fail()
    {
        Failed++;
        CloseIfOver();
    }

    /// <summary>No more calls begin in it.</summary>
    public void Pass()
    {
        _isPast = true;
        CloseIfOver();
    }

    /// <summary>What came of it so far; to be asked for when the run is over.</summary>
    /// <param name="second">Which one, from 0.</param>
    public BegunCalls Take(int second)
    {
        Close();
        return new BegunCalls(second, Started, Ended, Failed, _setUp);
    }

    // A histogram is 8 KiB: a run of a day keeps those alone whose calls are up.
    private void CloseIfOver()
    {
        if (_isPast && Ended + Failed == Started)
        {
            Close();
        }
    }

    private void Close()
    {
        if (_times is { } times)
        {
            _setUp = times.TakeAndClear();
            _times = null;
        }
    }
}
