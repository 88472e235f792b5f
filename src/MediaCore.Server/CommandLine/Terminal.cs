using System.Collections;

namespace MediaCore.Server.CommandLine;

/// <summary>The outside of a command: streams, environment and working folder. Tests bring their own.</summary>
internal sealed record Terminal
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Input, for passwords.</summary>
    public required TextReader In { get; init; }

    /// <summary>Environment variables.</summary>
    public required IDictionary Environment { get; init; }

    /// <summary>What relative paths are taken from.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Whether results go to a file or a pipe.</summary>
    public bool IsOutputRedirected { get; init; } = true;

    /// <summary>Whether input comes from a file or a pipe.</summary>
    public bool IsInputRedirected { get; init; } = true;

    /// <summary>The process's own.</summary>
    public static Terminal FromProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        In = Console.In,
        Environment = System.Environment.GetEnvironmentVariables(),
        WorkingFolder = System.Environment.CurrentDirectory,
        IsOutputRedirected = Console.IsOutputRedirected,
        IsInputRedirected = Console.IsInputRedirected,
    };
}
