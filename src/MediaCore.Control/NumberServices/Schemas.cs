using MediaCore.Control.V1;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Schedules;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Control.NumberServices;

/// <summary>The forms of all documents that the API takes.</summary>
internal static class Schemas
{
    /// <summary>By kind of document.</summary>
    public static IReadOnlyList<DocumentSchema> All { get; } =
    [
        new() { Document = "plan", Field = "document", Schema = PlanSchema.Json },
        new() { Document = "menu", Field = "document", Schema = MenuSchema.Json },
        new() { Document = "schedule", Field = "hours", Schema = ScheduleSchema.Json },
        new() { Document = "queue", Field = "settings", Schema = QueueSchema.Json },
        new() { Document = "voicemail-box", Field = "settings", Schema = VoicemailSchema.Json },
    ];
}
