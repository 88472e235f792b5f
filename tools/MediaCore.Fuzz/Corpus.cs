namespace MediaCore.Fuzz;

/// <summary>Inputs to begin with: a target's own seeds and the files of folders, those larger than a datagram left out.</summary>
public static class Corpus
{
    private static readonly string[] s_extensions = [".dat", ".sip", ".bin", ".sdp", ".txt", ""];

    /// <summary>Reads the folders.</summary>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    public static List<byte[]> Read(IFuzzTarget target, IEnumerable<string> folders) =>
    [
        .. target.Seeds,
        .. folders.SelectMany(static folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(static path => s_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)
            .Where(static bytes => bytes.Length is > 0 and < 65_536),
    ];
}
