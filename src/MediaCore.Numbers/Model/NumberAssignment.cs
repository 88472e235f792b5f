namespace MediaCore.Numbers.Model;

/// <summary>What comes to a number.</summary>
public enum NumberChannel : byte
{
    /// <summary>Calls.</summary>
    Voice,

    /// <summary>SMS and MMS.</summary>
    Messages,
}

/// <summary>What a number leads to.</summary>
public enum AssignmentTarget : byte
{
    /// <summary>A <see cref="RoutingPlan"/>, in the revision that is published.</summary>
    RoutingPlan,

    /// <summary>A <see cref="Menu"/>.</summary>
    Menu,

    /// <summary>A <see cref="CallQueue"/>.</summary>
    Queue,

    /// <summary>A <see cref="Model.VoicemailBox"/>.</summary>
    VoicemailBox,

    /// <summary>A <see cref="Model.User"/>, whose phones get messages; calls go by plans.</summary>
    User,
}

/// <summary>What a number leads to in a span of time; spans of one number and channel do not overlap.</summary>
public sealed class NumberAssignment : TenantRow
{
    /// <summary>The number.</summary>
    public Guid NumberId { get; set; }

    /// <summary>Calls or messages.</summary>
    public NumberChannel Channel { get; set; }

    /// <summary>Kind of target.</summary>
    public AssignmentTarget Target { get; set; }

    /// <summary>The target.</summary>
    public Guid TargetId { get; set; }

    /// <summary>From when on, inclusive, milliseconds of Unix time.</summary>
    public long FromMs { get; set; }

    /// <summary>Until when, exclusive; null for ever.</summary>
    public long? UntilMs { get; set; }
}
