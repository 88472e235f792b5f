using System.Runtime.CompilerServices;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Model;
using NodaTime;

namespace MediaCore.Numbers.Schedules;

/// <summary>
/// Hours in their time zone, as moments. Times of the document are those of the wall clock: where the clocks skip one, the moment at which they skip it is meant; of one that they repeat, the first at the beginning of an interval and the last at its end,
/// so that it is never closed while the wall clock shows an hour of the interval. An interval over midnight belongs to the day on which it begins, and goes on into a day about which something of higher rank is said only up to that day's beginning.
/// Days are told apart by their first midnight. Safe from any thread.
/// </summary>
internal sealed class ScheduleCalendar
{
    private static readonly ConditionalWeakTable<Schedule, ScheduleCalendar> s_known = [];

    /// <summary>Far from the ends of what can be computed with; nobody calls then.</summary>
    private static readonly Instant s_first = Instant.FromUtc(1900, 1, 1, 0, 0);
    private static readonly Instant s_last = Instant.FromUtc(9900, 1, 1, 0, 0);

    private readonly string _zoneName;
    private readonly string _document;
    private readonly DateTimeZone? _zone;
    private readonly ScheduleHours? _hours;
    private Found? _last;

    internal ScheduleCalendar(string zoneName, string document)
    {
        _zoneName = zoneName;
        _document = document;
        _zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneName);
        _hours = ScheduleHours.Parse(document, new DocumentErrors());
    }

    /// <summary>That of a row, made once as long as the row stays as it is.</summary>
    public static ScheduleCalendar Of(Schedule row)
    {
        if (s_known.TryGetValue(row, out ScheduleCalendar? known) && known._zoneName == row.TimeZone && known._document == row.Hours)
        {
            return known;
        }

        var made = new ScheduleCalendar(row.TimeZone, row.Hours);
        s_known.AddOrUpdate(row, made);
        return made;
    }

    /// <summary>Whether it is open at a moment, and until when that is so.</summary>
    public ScheduleState Evaluate(Instant at)
    {
        if (_zone is null || _hours is null)
        {
            return new ScheduleState(false, null, ScheduleReason.Unreadable, "");
        }

        Instant now = at < s_first ? s_first : at > s_last ? s_last : at;
        if (Volatile.Read(ref _last) is { } last && now >= last.From && now < last.Until)
        {
            return last.State;
        }

        Day day = FindDay(now);
        bool isOpen = day.IsOpen(now, out ScheduleRule by);
        Instant next = day.GetNext(now);
        Instant? until = _hours.IsConstant ? null : FindChange(day, now, isOpen);
        var state = new ScheduleState(isOpen, until?.ToDateTimeOffset(), by.Reason, by.Name);
        Volatile.Write(ref _last, new Found(now, next, state));
        return state;
    }

    private Instant? FindChange(Day day, Instant from, bool isOpen)
    {
        Instant at = from;
        LocalDate end = day.Date.PlusDays(ScheduleLimits.MaxDaysAhead);
        while (true)
        {
            at = day.GetNext(at);
            while (at >= day.End)
            {
                day = Build(day.Date.PlusDays(1));
                if (day.Date > end)
                {
                    return null;
                }
            }

            if (day.IsOpen(at, out _) != isOpen)
            {
                return at;
            }
        }
    }

    private Day FindDay(Instant at)
    {
        Day day = Build(at.InZone(_zone!).Date);
        while (at < day.Start)
        {
            day = Build(day.Date.PlusDays(-1));
        }

        while (at >= day.End)
        {
            day = Build(day.Date.PlusDays(1));
        }

        return day;
    }

    private Day Build(LocalDate date)
    {
        LocalDate yesterday = date.PlusDays(-1);
        ScheduleRule own = _hours!.GetRule(date);
        ScheduleRule before = _hours.GetRule(yesterday);
        Instant start = Resolve(date, 0, isEnd: false);
        Instant end = Resolve(date, OpenInterval.DayMinutes, isEnd: false);
        List<OpenTime> times = new(own.Intervals.Count + 1);
        if (before.Reason >= own.Reason)
        {
            foreach (OpenInterval interval in before.Intervals)
            {
                if (interval.CrossesMidnight)
                {
                    times.Add(new OpenTime(start, Instant.Min(end, Resolve(yesterday, interval.ToMinutes, isEnd: true)), before));
                }
            }
        }

        foreach (OpenInterval interval in own.Intervals)
        {
            times.Add(new OpenTime(
                Instant.Max(start, Resolve(date, interval.FromMinutes, isEnd: false)),
                interval.ToMinutes >= OpenInterval.DayMinutes ? end : Instant.Min(end, Resolve(date, interval.ToMinutes, isEnd: true)),
                own));
        }

        return new Day(date, start, end, own, times);
    }

    private Instant Resolve(LocalDate date, int minutes, bool isEnd)
    {
        (int days, int rest) = Math.DivRem(minutes, OpenInterval.DayMinutes);
        var times = new WallTime(_zone!, date.PlusDays(days) + LocalTime.FromMinutesSinceMidnight(rest));
        return isEnd ? times.Last : times.First;
    }

    /// <summary>The moments at which a wall clock shows a time.</summary>
    private readonly struct WallTime(DateTimeZone zone, LocalDateTime local)
    {
        private readonly NodaTime.TimeZones.ZoneLocalMapping _mapping = zone.MapLocal(local);

        public Instant First => _mapping.Count == 0 ? _mapping.EarlyInterval.End : _mapping.First().ToInstant();

        public Instant Last => _mapping.Count == 0 ? _mapping.EarlyInterval.End : _mapping.Last().ToInstant();
    }

    /// <summary>What was found last, for the moments up to the next one at which anything begins or ends.</summary>
    private sealed record Found(Instant From, Instant Until, ScheduleState State);

    private readonly record struct OpenTime(Instant From, Instant To, ScheduleRule By);

    private sealed record Day(LocalDate Date, Instant Start, Instant End, ScheduleRule Rule, List<OpenTime> Times)
    {
        public bool IsOpen(Instant at, out ScheduleRule by)
        {
            foreach (OpenTime time in Times)
            {
                if (at >= time.From && at < time.To)
                {
                    by = time.By;
                    return true;
                }
            }

            by = Rule;
            return false;
        }

        /// <summary>The next moment at which anything begins or ends, the day itself at the latest.</summary>
        public Instant GetNext(Instant after)
        {
            Instant next = End;
            foreach (OpenTime time in Times)
            {
                next = time.From > after && time.From < next ? time.From : next;
                next = time.To > after && time.To < next ? time.To : next;
            }

            return next;
        }
    }
}
