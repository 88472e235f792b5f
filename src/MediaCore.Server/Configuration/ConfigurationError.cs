namespace MediaCore.Server.Configuration;

/// <summary>One thing that is wrong in a configuration.</summary>
/// <param name="Path">Path of the value, as <c>trunks[0].targets[1]</c>; empty for the whole file.</param>
/// <param name="Origin">Where it was written.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ConfigurationError(string Path, ConfigurationOrigin Origin, string Message)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string place = Origin.ToString();
        return (place.Length, Path.Length) switch
        {
            (0, 0) => Message,
            (0, _) => $"{Path}: {Message}",
            (_, 0) => $"{place}: {Message}",
            _ => $"{place}: {Path}: {Message}",
        };
    }
}

/// <summary>Gathers every error, so that a user mends a file in one go instead of one start per mistake.</summary>
internal sealed class ConfigurationErrors
{
    private readonly List<ConfigurationError> _errors = [];

    /// <summary>What was found, in the order of the checks.</summary>
    public IReadOnlyList<ConfigurationError> Items => _errors;

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => _errors.Count > 0;

    /// <summary>Adds an error; past <see cref="ConfigurationLimits.MaxErrors"/> they are no longer kept.</summary>
    public void Add(string path, ConfigurationOrigin origin, string message)
    {
        if (_errors.Count < ConfigurationLimits.MaxErrors)
        {
            _errors.Add(new ConfigurationError(path, origin, message));
        }
    }
}
