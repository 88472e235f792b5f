using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>Writes bytes at a place of a file; tests put a failing disk in its place.</summary>
internal delegate void BegunCallWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

/// <summary>One file of the journal, which grows until another takes its place: <c>begun-000012.jsonl</c>, counted on from run to run. Used by one task.</summary>
internal sealed class BegunCallFile : IDisposable
{
    private const string Prefix = "begun-";
    private const string Suffix = ".jsonl";
    private readonly SafeFileHandle _file;
    private readonly BegunCallWrite _write;

    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public BegunCallFile(string folder, long number, BegunCallWrite write)
    {
        Path = System.IO.Path.Combine(folder, Prefix + number.ToString("D6", CultureInfo.InvariantCulture) + Suffix);
        _write = write;
        _file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Bytes in it.</summary>
    public long Length { get; private set; }

    /// <summary>The files in a folder, in the order in which they were begun.</summary>
    public static (string Path, long Number)[] Find(string folder)
        => [.. from path in Directory.EnumerateFiles(folder, Prefix + "*" + Suffix)
               let name = System.IO.Path.GetFileName(path)
               let number = long.TryParse(name.AsSpan(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1
               where number >= 0
               orderby number
               select (path, number)];

    /// <summary>Adds whole lines. After a failure the file is not to be written any more: half a line may be at its end.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        _write(_file, lines, Length);
        Length += lines.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
