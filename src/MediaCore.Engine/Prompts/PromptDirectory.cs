namespace MediaCore.Engine.Prompts;

/// <summary>
/// Resolves a path that came from a configuration or a control plane to a file inside one directory. Neither <c>..</c>, nor an absolute path, nor a symbolic
/// link leads out of it: links below the directory are refused altogether (the directory itself may be one).
/// </summary>
internal static class PromptDirectory
{
    /// <summary>The full path, or false when it would leave the directory or is malformed. The file need not exist.</summary>
    public static bool TryResolve(string directory, string path, out string fullPath)
    {
        fullPath = string.Empty;
        if (string.IsNullOrWhiteSpace(path) || path.Length > PromptLimits.MaxPathCharacters || path.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        string candidate = Path.GetFullPath(Path.Combine(root, path));
        string prefix = root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar;
        if (!candidate.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        for (string? part = candidate; part is not null && part.Length > root.Length; part = Path.GetDirectoryName(part))
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                return false;
            }
        }

        fullPath = candidate;
        return true;
    }
}
