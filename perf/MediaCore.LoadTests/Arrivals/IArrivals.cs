namespace MediaCore.LoadTests.Arrivals;

/// <summary>When calls begin. Owned by the signalling thread; times count from the start of the run.</summary>
internal interface IArrivals
{
    /// <summary>When the next call is due: null when none comes any more, <see cref="TimeSpan.MaxValue"/> when none does as long as so many calls are up.</summary>
    TimeSpan? Due(int up);

    /// <summary>Takes the call that is due.</summary>
    void Take(TimeSpan now);
}
