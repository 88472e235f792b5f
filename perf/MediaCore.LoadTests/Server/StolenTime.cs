using System.Globalization;

namespace MediaCore.LoadTests.Server;

/// <summary>Time of this machine's processors that its host gave to others (the column <c>steal</c> of /proc/stat, proc(5)): what is measured meanwhile says nothing about a server.</summary>
internal sealed class StolenTime
{
    private const int StealColumn = 7;
    private long _total;
    private long _stolen;

    public StolenTime() => TakePercent();

    /// <summary>Percent of all processors' time since the last time it was asked.</summary>
    public double TakePercent()
    {
        // user nice system idle iowait irq softirq steal; guest times are within user and nice.
        long[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(StealColumn + 1).Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        (long total, long stolen) = (ticks.Sum(), ticks[StealColumn]);
        double percent = total == _total ? 0 : 100.0 * (stolen - _stolen) / (total - _total);
        (_total, _stolen) = (total, stolen);
        return percent;
    }
}
