namespace MediaCore.Engine.Tests.CallRecords;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mediacore-test-").FullName;

    public string[] Files => [.. Directory.GetFiles(Path).Order(StringComparer.Ordinal)];

    public string[] Names => [.. Files.Select(file => System.IO.Path.GetFileName(file))];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
