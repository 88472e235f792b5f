namespace MediaCore.Numbers.Schedules;

/// <summary>The published JSON Schema (draft 2020-12) of <see cref="ScheduleHours"/>.</summary>
public static class ScheduleSchema
{
    /// <summary>Its text.</summary>
    public static string Json { get; } = Documents.EmbeddedText.Read("MediaCore.Numbers.Schedules.schedule.schema.json");
}
