namespace MediaCore.Tests;

/// <summary>
/// Where the test data that others wrote lies: the folder named by <c>MEDIACORE_TEST_DATA</c>, else <c>../shared/data</c> beside the
/// project's root. None of it is part of the project, so a test that reads it says what it left out where it is missing.
/// </summary>
internal static class SharedData
{
    /// <summary>The folder, or null when this machine has none.</summary>
    public static string? Root { get; } = Find();

    /// <summary>The full path of a file or folder in the data, or null when there is none.</summary>
    public static string? TryGetPath(params string[] parts)
    {
        if (Root is null)
        {
            return null;
        }

        string path = Path.Combine([Root, .. parts]);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        string? configured = Environment.GetEnvironmentVariable("MEDIACORE_TEST_DATA");
        if (!string.IsNullOrEmpty(configured))
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MediaCore.sln")))
            {
                string beside = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data"));
                return Directory.Exists(beside) ? beside : null;
            }
        }

        return null;
    }
}
