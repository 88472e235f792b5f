namespace MediaCore.Numbers.Model;

/// <summary>What was decided for a call, and why, as one tenant may see it; a call that one tenant's number leads on to another's has one for each.</summary>
public sealed class CallTrace : IRecordRow
{
    /// <summary>The call, as in its record.</summary>
    public string CallId { get; set; } = "";

    /// <summary>Whose decisions they are.</summary>
    public Guid TenantId { get; set; }

    /// <summary>The virtual number.</summary>
    public string Number { get; set; } = "";

    /// <summary>When the call came to the number, milliseconds of Unix time.</summary>
    public long AtMs { get; set; }

    /// <summary>
    /// A JSON object: <c>outcome</c>, <c>detail</c>, <c>configuration</c> (the audit's number that the configuration had everything up to), <c>tags</c>, <c>variables</c>, <c>linked_from</c> and <c>link</c> where another call led to it, <c>path</c> (what it came through: <c>at</c>, <c>kind</c>, <c>name</c>), and <c>steps</c> with <c>at</c>, <c>kind</c>, <c>text</c>.
    /// </summary>
    public string Document { get; set; } = "{}";
}
