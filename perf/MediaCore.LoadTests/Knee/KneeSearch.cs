namespace MediaCore.LoadTests.Knee;

/// <summary>
/// Which rate to try next: twice the last as long as the level holds, then the middle (geometrically) between the highest that held and the lowest that did not, until they are as close as asked. Without input and output.
/// </summary>
/// <param name="first">Calls per second to begin with.</param>
/// <param name="highest">Calls per second that are not gone beyond.</param>
/// <param name="closeness">Ends when the lowest rate that broke is at most so many times the highest that held.</param>
internal sealed class KneeSearch(double first, double highest, double closeness)
{
    /// <summary>Below this share of the first rate it is not gone: the server does not hold the level at all.</summary>
    private const double Least = 1.0 / 16;

    private double _broke = double.PositiveInfinity;

    /// <summary>The highest rate that held; 0: none yet.</summary>
    public double Held { get; private set; }

    /// <summary>Whether a rate broke the level at all.</summary>
    public bool HasBroken => double.IsFinite(_broke);

    /// <summary>The rate to try; null: the knee is <see cref="Held"/>.</summary>
    public double? Next
    {
        get
        {
            if (!HasBroken)
            {
                return Held == 0 ? first : Held >= highest ? null : Math.Min(2 * Held, highest);
            }

            if (Held == 0)
            {
                return _broke / 2 >= first * Least ? _broke / 2 : null;
            }

            return _broke / Held <= closeness ? null : Math.Sqrt(_broke * Held);
        }
    }

    /// <summary>Says how a rate went.</summary>
    public void Add(double rate, bool holds)
    {
        if (holds)
        {
            Held = Math.Max(Held, rate);
        }
        else
        {
            _broke = Math.Min(_broke, rate);
        }
    }
}
