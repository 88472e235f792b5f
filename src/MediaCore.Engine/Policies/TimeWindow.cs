using NodaTime;

namespace MediaCore.Engine.Policies;

/// <summary>
/// Hours of certain days in a time zone, as 08:00 to 18:00 from Monday to Friday in Europe/Berlin. A window over midnight belongs to the day on which it
/// begins. The zone's own rules decide: an hour that the clocks skip is in no window, one that they repeat is in it twice.
/// </summary>
public sealed class TimeWindow
{
    private readonly DateTimeZone _zone;
    private readonly int _days;
    private readonly LocalTime _from;
    private readonly LocalTime _to;

    /// <summary>Makes a window.</summary>
    /// <param name="zone">Zone of the hours.</param>
    /// <param name="days">Days on which it begins; none for all.</param>
    /// <param name="from">First moment of the day in it.</param>
    /// <param name="to">First moment no longer in it; the same as <paramref name="from"/> for the whole day.</param>
    public TimeWindow(DateTimeZone zone, IReadOnlyCollection<IsoDayOfWeek> days, LocalTime from, LocalTime to)
    {
        _zone = zone;
        _from = from;
        _to = to;
        foreach (IsoDayOfWeek day in days)
        {
            _days |= 1 << (int)day;
        }

        _days = _days == 0 ? 0b1111_1110 : _days;
    }

    /// <summary>Whether a moment lies in the window. Allocates nothing.</summary>
    public bool Contains(DateTimeOffset moment)
    {
        LocalDateTime local = Instant.FromDateTimeOffset(moment).InZone(_zone).LocalDateTime;
        LocalTime time = local.TimeOfDay;
        int today = (int)local.DayOfWeek;
        int yesterday = today == 1 ? 7 : today - 1;
        bool beganToday = time >= _from && (_from >= _to || time < _to) && (_days >> today & 1) != 0;
        return beganToday || (_from >= _to && time < _to && (_days >> yesterday & 1) != 0);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        IEnumerable<string> days = Enumerable.Range(1, 7).Where(day => (_days >> day & 1) != 0).Select(static day => ((IsoDayOfWeek)day).ToString()[..3].ToLowerInvariant());
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{string.Join(',', days)} {_from:HH:mm}-{_to:HH:mm} {_zone.Id}");
    }
}
