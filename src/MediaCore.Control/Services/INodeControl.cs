using MediaCore.Control.Policy;
using Microsoft.Extensions.Logging;

namespace MediaCore.Control.Services;

/// <summary>What the host of an engine does for the Admin service.</summary>
public interface INodeControl
{
    /// <summary>Version of the program.</summary>
    string Version { get; }

    /// <summary>When it started.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary><c>sbc</c> or <c>numbers</c>.</summary>
    string Mode { get; }

    /// <summary>Calls at once.</summary>
    int MaxCalls { get; }

    /// <summary>Addresses and ports of media, as <c>192.0.2.1:30000-39999</c>.</summary>
    IReadOnlyList<string> Media { get; }

    /// <summary>The breakers of the questions to a control plane, by question; empty where none is asked.</summary>
    IReadOnlyDictionary<string, BreakerState> PolicyBreakers { get; }

    /// <summary>Lowest level that is logged.</summary>
    LogLevel LogLevel { get; set; }

    /// <summary>Levels of single categories, by name.</summary>
    IReadOnlyDictionary<string, LogLevel> CategoryLevels { get; }

    /// <summary>Gives a category (and what is below it) a level of its own; null takes it away. False where there are too many.</summary>
    bool TrySetLevel(string category, LogLevel? level);

    /// <summary>Refuses new calls from now on.</summary>
    void Drain();

    /// <summary>Takes new calls again; false where the server is about to stop.</summary>
    bool TryUndrain();

    /// <summary>Reads the configuration again and puts it in force.</summary>
    /// <returns>Errors, and then nothing has changed; and what waits for a restart.</returns>
    Task<NodeReload> ReloadAsync();
}

/// <summary>How a reload went.</summary>
/// <param name="Errors">What is wrong with the configuration; empty: it is in force.</param>
/// <param name="Notices">Keys whose new values wait for a restart.</param>
public sealed record NodeReload(IReadOnlyList<string> Errors, IReadOnlyList<string> Notices);
