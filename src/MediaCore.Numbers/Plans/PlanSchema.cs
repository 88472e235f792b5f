using MediaCore.Numbers.Documents;

namespace MediaCore.Numbers.Plans;

/// <summary>The published JSON Schema (draft 2020-12) of routing plans; its <c>$defs</c> have those of actions, prompts and targets.</summary>
public static class PlanSchema
{
    /// <summary>Its text.</summary>
    public static string Json { get; } = EmbeddedText.Read("MediaCore.Numbers.Plans.plan.schema.json");
}
