using MediaCore.Numbers.Records;

namespace MediaCore.Numbers.Model;

/// <summary>That a call belongs to another one, which led to it.</summary>
public sealed class CallLink : IRecordRow
{
    /// <summary>The call that belongs to another.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Whose they are.</summary>
    public Guid TenantId { get; set; }

    /// <summary>The call that led to it.</summary>
    public string LinkedFrom { get; set; } = "";

    /// <summary>How.</summary>
    public CallLinkKind Kind { get; set; }
}
