namespace MediaCore.Engine.CallRecords;

/// <summary>A moment in a record, always in UTC, or none: 8 bytes where a <see cref="DateTimeOffset"/> that may be missing takes 24, of which each call would keep a dozen.</summary>
internal readonly record struct RecordTime
{
    private readonly long _utcTicks;

    private RecordTime(long utcTicks) => _utcTicks = utcTicks;

    /// <summary>Null for none.</summary>
    public DateTimeOffset? Value => _utcTicks == 0 ? null : Moment;

    /// <summary>The first moment of year 1 for none.</summary>
    public DateTimeOffset Moment => new(_utcTicks, TimeSpan.Zero);

    public static RecordTime Of(DateTimeOffset? time) => new(time?.UtcTicks ?? 0);
}
