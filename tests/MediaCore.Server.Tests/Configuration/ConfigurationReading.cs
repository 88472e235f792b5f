using System.Text;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.Tests.Configuration;

/// <summary>Reads settings from a text, as the server does from a file.</summary>
internal static class ConfigurationReading
{
    public static (ServerSettings Settings, IReadOnlyList<ConfigurationError> Errors) Read(string json, params string[] arguments)
    {
        ConfigurationErrors errors = new();
        ConfigurationObject root = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), "test.json", errors) as ConfigurationObject ?? new ConfigurationObject(default);
        ConfigurationOverride.Apply(root, arguments.Select(a => ConfigurationOverride.FromArgument(a)!), errors);
        return (ServerSettingsReader.Read(root, Path.GetTempPath(), errors), errors.Items);
    }
}
