using MediaCore.Primitives;

namespace MediaCore.Engine.Defence;

/// <summary>How much of the machine's processors the process uses, over the time between two samples. One thread samples.</summary>
internal sealed class ProcessLoad
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(500);
    private Timestamp _at;
    private TimeSpan _used;
    private double _share;

    /// <summary>The share, 0 to 1; the last one when that is less than half a second old.</summary>
    public double Sample(Timestamp now)
    {
        if (now - _at < s_least)
        {
            return _share;
        }

        TimeSpan used = Environment.CpuUsage.TotalTime;
        _share = _at == default ? 0 : Math.Clamp((used - _used) / ((now - _at) * Environment.ProcessorCount), 0, 1);
        _at = now;
        _used = used;
        return _share;
    }
}
