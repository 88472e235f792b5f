using System.CommandLine;
using System.CommandLine.Parsing;
using MediaCore.Server.Configuration;

namespace MediaCore.Server.CommandLine;

/// <summary><c>--config</c> and the overrides, which every verb that reads the configuration shares.</summary>
internal sealed class ConfigurationOptions
{
    private const int MaxNamedChanges = 10;

    private readonly Terminal _terminal;

    private readonly Option<string?> _file = new("--config", "-c")
    {
        Description = "Configuration file (JSON with comments). Without it: ./mediacore.json if there is one, else the built-in defaults.",
        HelpName = "file",
    };

    private readonly Option<bool> _withoutChanges = new("--without-changes")
    {
        Description = "Leave out what was changed over the control interface; `run` puts its file aside (configuration-changes.json.aside).",
    };

    /// <summary>Options that read the environment and working folder of a terminal.</summary>
    public ConfigurationOptions(Terminal terminal) => _terminal = terminal;

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_file);

        // --section:key=value is none of the parser's options; what is neither that nor known is refused in Read.
        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>Adds <c>--without-changes</c> as well.</summary>
    public void AddWithChangesTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_withoutChanges);
    }

    /// <summary>Whether a command line leaves out what was changed over the control interface.</summary>
    public bool IsWithoutChanges(ParseResult parsed) => parsed.GetResult(_withoutChanges) is not null && parsed.GetValue(_withoutChanges);

    /// <summary>What an operator may do where a configuration with changes over the control interface is wrong, or nothing can be started with it; null where there are none.</summary>
    public static string? DescribeChanges(ServerSettings settings) =>
        settings.Source is { Changes.IsEmpty: false } source
            ? $"{source.Changes.Items.Count} pieces of the configuration are as they were changed over the control interface ({string.Join(", ", source.Changes.Items.Keys.Select(static name => name.ToString()).Order(StringComparer.Ordinal).Take(MaxNamedChanges))}{(source.Changes.Items.Count > MaxNamedChanges ? ", ..." : "")}), kept in {source.ChangesFile}. Should one of them be the reason: `mediacore run --without-changes` starts with the configuration file alone"
            : null;

    /// <summary>The file that a command line asks for; null for the defaults.</summary>
    public string? GetFile(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is { } file)
        {
            return file;
        }

        string usual = Path.Combine(_terminal.WorkingFolder, "mediacore.json");
        return File.Exists(usual) ? usual : null;
    }

    /// <summary>Reads the configuration again, as a reload does.</summary>
    public ServerSettings Read(ParseResult parsed, ConfigurationErrors errors, bool withChanges)
    {
        IEnumerable<ConfigurationOverride> overrides = ConfigurationOverride.FromEnvironment(_terminal.Environment);
        overrides = overrides.Concat(parsed.UnmatchedTokens.Select(ConfigurationOverride.FromArgument).OfType<ConfigurationOverride>());
        return ServerSettingsReader.Read(GetFile(parsed), _terminal.WorkingFolder, overrides, errors, withChanges);
    }

    /// <summary>A command as it is typed, without the program's name: <c>calls list</c>.</summary>
    private static string GetPath(CommandResult result)
    {
        string path = result.Command.Name;
        for (SymbolResult? parent = result.Parent; parent is CommandResult { Command: not RootCommand } command; parent = command.Parent)
        {
            path = $"{command.Command.Name} {path}";
        }

        return path;
    }

    /// <summary>Reads the configuration; null with an exit code after the errors were printed.</summary>
    public ServerSettings? TryRead(ParseResult parsed, out int exitCode)
    {
        exitCode = ExitCode.Success;
        foreach (string token in parsed.UnmatchedTokens)
        {
            if (ConfigurationOverride.FromArgument(token) is null)
            {
                _terminal.Error.WriteLine($"mediacore: \"{token}\" is not understood; a setting is written --section:key=value, and `mediacore {GetPath(parsed.CommandResult)} --help` lists the options");
                exitCode = ExitCode.Usage;
            }
        }

        if (exitCode != ExitCode.Success)
        {
            return null;
        }

        ConfigurationErrors errors = new();
        ServerSettings settings = Read(parsed, errors, withChanges: !IsWithoutChanges(parsed));
        if (!errors.Any)
        {
            return settings;
        }

        foreach (ConfigurationError error in errors.Items)
        {
            _terminal.Error.WriteLine($"mediacore: {error}");
        }

        if (DescribeChanges(settings) is { } hint)
        {
            _terminal.Error.WriteLine($"mediacore: {hint}");
        }

        exitCode = ExitCode.Configuration;
        return null;
    }
}
