namespace MediaCore.Server.Configuration;

/// <summary>Reads passwords and tokens from files of their own.</summary>
internal static class SecretFile
{
    /// <summary>A file larger than this is not one secret.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Its first line; null, with an error, where there is none.</summary>
    public static string? ReadLine(SectionReader section, in ConfigurationText file, string baseFolder)
    {
        string path = Path.GetFullPath(file.Value, baseFolder);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                section.Error(file, $"is larger than {MaxBytes} bytes, which is no password");
                return null;
            }

            string line = File.ReadLines(path).FirstOrDefault() ?? "";
            if (line.Length == 0)
            {
                section.Error(file, "has an empty first line");
                return null;
            }

            return line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            section.Error(file, $"cannot be read: {e.Message}");
            return null;
        }
    }
}
