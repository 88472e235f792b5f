namespace MediaCore.Control.Services;

/// <summary>What the host of an engine does for the Config service.</summary>
public interface INodeConfiguration
{
    /// <summary>The pieces of a section, or of all (empty), as they are in force or wait for a restart, in order; null where there is no such section.</summary>
    Task<IReadOnlyList<ConfigurationResource>?> ListAsync(string section, CancellationToken cancellation);

    /// <summary>Checks a change, and unless it is for a try only keeps it and puts it in force.</summary>
    Task<ConfigurationOutcome> ChangeAsync(ConfigurationRequest request, CancellationToken cancellation);
}

/// <summary>A piece of the configuration.</summary>
/// <param name="Section">Its section.</param>
/// <param name="Name">Its name in a list; empty for a section that is one object.</param>
/// <param name="Json">Its value, without secrets.</param>
/// <param name="ETag">What changes with it.</param>
/// <param name="IsChanged">Whether it was changed while the server ran.</param>
/// <param name="Notice">What an operator should know; empty for nothing.</param>
public sealed record ConfigurationResource(string Section, string Name, string Json, string ETag, bool IsChanged, string Notice);

/// <summary>What is to be done with a piece.</summary>
public enum ConfigurationAction
{
    /// <summary>A value in place of it, or a new one.</summary>
    Replace,

    /// <summary>A merge patch (RFC 7396) laid over it.</summary>
    Update,

    /// <summary>It goes.</summary>
    Delete,

    /// <summary>It is again what the file says.</summary>
    Reset,
}

/// <summary>A change that is wanted.</summary>
/// <param name="Action">What.</param>
/// <param name="Section">Its section.</param>
/// <param name="Name">Its name in a list; empty for a section that is one object.</param>
/// <param name="ETag">What it must be like now; empty for one that does not exist (<see cref="ConfigurationAction.Replace"/>) or any, <c>*</c> for any that exists.</param>
/// <param name="By">Who wants it.</param>
public sealed record ConfigurationRequest(ConfigurationAction Action, string Section, string Name, string ETag, string By)
{
    /// <summary>The value, or the patch.</summary>
    public string Json { get; init; } = "";

    /// <summary>The item of the list before which it is put; empty for where it is, or the end.</summary>
    public string Before { get; init; } = "";

    /// <summary>Whether it is to be checked only.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>How a change ended.</summary>
public enum ConfigurationStatus
{
    /// <summary>Done, or it could be done.</summary>
    Done,

    /// <summary>There is no such piece.</summary>
    NotFound,

    /// <summary>It is not as the request takes it to be.</summary>
    Aborted,

    /// <summary>It would be wrong.</summary>
    Invalid,

    /// <summary>It would be too much.</summary>
    TooLarge,

    /// <summary>This server cannot keep changes.</summary>
    Unavailable,
}

/// <summary>Something that would be wrong.</summary>
/// <param name="Path">Where, as <c>trunks[carrier].targets[0]</c>; empty for the whole.</param>
/// <param name="Message">What, and what would be right.</param>
public sealed record ConfigurationProblem(string Path, string Message);

/// <summary>How a change ended, in words.</summary>
/// <param name="Status">How.</param>
/// <param name="Problems">Why not.</param>
public sealed record ConfigurationOutcome(ConfigurationStatus Status, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>The piece as it is now, or would be; null when it is gone.</summary>
    public ConfigurationResource? Resource { get; init; }

    /// <summary>What waits for the next start, and other remarks.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>It is not done.</summary>
    public static ConfigurationOutcome Refuse(ConfigurationStatus status, string problem) => new(status, [new ConfigurationProblem("", problem)]);
}
