namespace MediaCore.Server.Configuration;

/// <summary>Where a value was written, so that an error can point there.</summary>
/// <param name="Source">File name, environment variable or command-line option; empty for built-in defaults.</param>
/// <param name="Line">Line in the file, from 1; 0 where lines mean nothing.</param>
internal readonly record struct ConfigurationOrigin(string Source, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source ?? "";
}
