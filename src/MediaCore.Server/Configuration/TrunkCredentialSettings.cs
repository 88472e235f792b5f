using MediaCore.Engine.Trunks.Credentials;

namespace MediaCore.Server.Configuration;

/// <summary><c>trunks[].credentials</c>: what we prove ourselves with to a trunk. The password is read here and shown nowhere.</summary>
internal static class TrunkCredentialSettings
{
    /// <summary>Longest user, password or realm.</summary>
    private const int MaxCharacters = 200;

    /// <summary>A file larger than this is not one password.</summary>
    private const int MaxFileBytes = 4096;

    /// <summary>Reads the section; null when it is absent or wrong.</summary>
    public static TrunkCredentials? Read(SectionReader trunk, string baseFolder)
    {
        SectionReader section = trunk.Section("credentials");
        if (!section.IsPresent)
        {
            return null;
        }

        ConfigurationText? user = section.RequiredText("user");
        if (user is { } name && (!IsQuotable(name.Value) || name.Value.Contains(':', StringComparison.Ordinal)))
        {
            section.Error(name, $"must be at most {MaxCharacters} characters without colon, quote, backslash and control characters");
        }

        ConfigurationText? realm = section.OptionalText("realm", null);
        if (realm is { } text && !IsQuotable(text.Value))
        {
            section.Error(text, $"must be at most {MaxCharacters} characters without quote, backslash and control characters");
        }

        string? password = ReadPassword(section, baseFolder);
        section.Finish();
        return user is null || password is null || section.HasError("user") || section.HasError("realm")
            ? null
            : new TrunkCredentials(user.Value.Value, password, realm?.Value);
    }

    /// <summary>Reads a password of a section; null when it is absent or wrong.</summary>
    /// <param name="section">The section.</param>
    /// <param name="baseFolder">What relative paths are taken from.</param>
    /// <param name="allowsLiteral">Whether it may stand in the configuration itself; not where values are kept and shown.</param>
    public static string? ReadPassword(SectionReader section, string baseFolder, bool allowsLiteral = true)
    {
        ConfigurationText? literal = allowsLiteral ? section.OptionalText("password", null) : null;
        ConfigurationText? file = section.OptionalText("passwordFile", null);
        ConfigurationText? variable = section.OptionalText("passwordVariable", null);
        int given = (literal is null ? 0 : 1) + (file is null ? 0 : 1) + (variable is null ? 0 : 1);
        if (given != 1)
        {
            section.Error(allowsLiteral ? "password" : "passwordFile", $"needs exactly one of {(allowsLiteral ? "password, " : "")}passwordFile (its first line) and passwordVariable (the name of an environment variable)");
            return null;
        }

        string place = literal is not null ? "password" : file is not null ? "passwordFile" : "passwordVariable";
        string? password = literal?.Value;
        if (file is { } path)
        {
            password = ReadFile(section, path, baseFolder);
        }
        else if (variable is { } name)
        {
            password = Environment.GetEnvironmentVariable(name.Value);
            if (password is null)
            {
                section.Error(name, $"the environment variable {name.Value} is not set");
            }
        }

        if (password is not null && (password.Length is 0 or > MaxCharacters || password.Any(char.IsControl)))
        {
            section.Error(place, $"the password must have 1 to {MaxCharacters} characters, none of them a control character");
            return null;
        }

        return password;
    }

    private static string? ReadFile(SectionReader section, in ConfigurationText path, string baseFolder)
    {
        string full = Path.GetFullPath(path.Value, baseFolder);
        try
        {
            FileInfo file = new(full);
            if (file.Exists && file.Length > MaxFileBytes)
            {
                section.Error(path, $"{full} has {file.Length} bytes, which is no password");
                return null;
            }

            using StreamReader reader = new(full);
            return reader.ReadLine() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            section.Error(path, $"{full} cannot be read: {e.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private static bool IsQuotable(string text) =>
        text.Length is > 0 and <= MaxCharacters && text.AsSpan().IndexOfAny('"', '\\') < 0 && !text.Any(char.IsControl);
}
