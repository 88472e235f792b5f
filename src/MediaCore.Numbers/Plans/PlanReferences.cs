using MediaCore.Numbers.Actions;

namespace MediaCore.Numbers.Plans;

/// <summary>Kind of something that documents name.</summary>
public enum ReferenceKind
{
    /// <summary>A routing plan with a revision in force.</summary>
    Plan,

    /// <summary>A menu with a revision in force.</summary>
    Menu,

    /// <summary>A queue.</summary>
    Queue,

    /// <summary>A voicemail box.</summary>
    Box,

    /// <summary>A schedule.</summary>
    Schedule,

    /// <summary>A person.</summary>
    User,

    /// <summary>An extension of a person.</summary>
    Extension,

    /// <summary>A stored prompt.</summary>
    Prompt,

    /// <summary>A trunk of the server's configuration.</summary>
    Trunk,
}

/// <summary>Something that a document names.</summary>
/// <param name="Kind">What.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where, a JSON path.</param>
public readonly record struct Reference(ReferenceKind Kind, string Name, string Path);

/// <summary>Finds what actions name; plans and menus check it when they are published.</summary>
public static class PlanReferences
{
    /// <summary>What an action names.</summary>
    /// <param name="action">The action.</param>
    /// <param name="path">Where it stands.</param>
    public static IEnumerable<Reference> Of(CallAction action, string path)
    {
        return action switch
        {
            RingAction ring => [.. ring.Targets.SelectMany((target, index) => Of(target, $"{path}.targets[{index}]")), .. Of(ring.Ringback, path + ".ringback")],
            ForwardAction forward => [.. Of(forward.To, path + ".to"), .. Of(forward.ConfirmPrompt, path + ".confirmPrompt")],
            MenuAction menu => [new Reference(ReferenceKind.Menu, menu.Menu, path + ".menu")],
            QueueAction queue => [new Reference(ReferenceKind.Queue, queue.Queue, path + ".queue")],
            VoicemailAction box => [new Reference(ReferenceKind.Box, box.Box, path + ".box")],
            BoxMenuAction { Box: { } box } => [new Reference(ReferenceKind.Box, box, path + ".box")],
            AnnounceAction announce => Of(announce.Prompt, path + ".prompt"),
            RejectAction reject => Of(reject.Prompt, path + ".prompt"),
            PlanAction plan => [new Reference(ReferenceKind.Plan, plan.Plan, path + ".plan")],
            _ => [],
        };
    }

    /// <summary>What a condition names.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="path">Where its rule has it.</param>
    public static IEnumerable<Reference> Of(PlanCondition condition, string path)
    {
        ArgumentNullException.ThrowIfNull(condition);
        IEnumerable<Reference> own = condition switch
        {
            ScheduleCondition schedule => [new Reference(ReferenceKind.Schedule, schedule.Schedule, path)],
            QueueCondition queue => [new Reference(ReferenceKind.Queue, queue.Queue, path)],
            RegisteredCondition { IsUser: true } user => [new Reference(ReferenceKind.User, user.Name, path)],
            _ => [],
        };
        return own.Concat(condition.Parts.SelectMany(part => Of(part, path)));
    }

    private static IEnumerable<Reference> Of(RingTarget target, string path)
    {
        if (target.User is { } user)
        {
            yield return new Reference(ReferenceKind.User, user, path + ".user");
        }

        if (target.Extension is { } extension)
        {
            yield return new Reference(ReferenceKind.Extension, extension, path + ".extension");
        }

        if (target.Trunk is { } trunk)
        {
            yield return new Reference(ReferenceKind.Trunk, trunk, path + ".trunk");
        }
    }

    private static IEnumerable<Reference> Of(PromptChoice? prompt, string path)
        => prompt is { Prompt: { } name } ? [new Reference(ReferenceKind.Prompt, name, path)] : [];
}
