namespace MediaCore.Wire.Tests.Torture;

/// <summary>
/// The table of a document in <c>docs/conformance</c> whose last column says what the server does. With <c>MEDIACORE_WRITE_CONFORMANCE=1</c> the tests write it;
/// otherwise they compare.
/// </summary>
internal sealed class ConformanceTable
{
    private readonly string _path;
    private readonly string[] _lines;

    public ConformanceTable(string document)
    {
        DirectoryInfo root = new(Path.GetDirectoryName(Processes.MediaCoreServer.Program)!);
        while (!File.Exists(Path.Combine(root.FullName, "MediaCore.sln")))
        {
            root = root.Parent!;
        }

        _path = Path.Combine(root.FullName, "docs", "conformance", document);
        _lines = File.ReadAllLines(_path);
    }

    private static bool IsWriting => Environment.GetEnvironmentVariable("MEDIACORE_WRITE_CONFORMANCE") == "1";

    /// <summary>Column "final answers the RFC allows" of a message's row.</summary>
    public string Allowed(string message) => Cells(Row(message))[5];

    /// <summary>Writes the outcomes, or fails where the document says something else.</summary>
    public void Settle(IReadOnlyDictionary<string, string> outcomes)
    {
        List<string> differences = [];
        foreach ((string message, string outcome) in outcomes)
        {
            int row = Row(message);
            string[] cells = Cells(row);
            if (cells[^2] == outcome)
            {
                continue;
            }

            differences.Add($"{message}: the document says \"{cells[^2]}\", the server \"{outcome}\"");
            cells[^2] = outcome;
            _lines[row] = "| " + string.Join(" | ", cells[1..^1]) + " |";
        }

        if (IsWriting && differences.Count > 0)
        {
            File.WriteAllText(_path, string.Join('\n', _lines) + "\n");
        }
        else
        {
            Assert.True(differences.Count == 0, string.Join('\n', differences));
        }
    }

    private int Row(string message)
    {
        int row = Array.FindIndex(_lines, l => l.StartsWith($"| {message} |", StringComparison.Ordinal));
        Assert.True(row >= 0, $"{_path} has no row for {message}");
        return row;
    }

    private string[] Cells(int row) => [.. _lines[row].Split('|').Select(static c => c.Trim())];
}
