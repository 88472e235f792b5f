using System.Globalization;
using System.Text.Json;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Parts of messages on the disk, a file each, readable by the server alone. Of one thread at a time.</summary>
internal sealed class PartFiles
{
    private readonly string _folder;
    private readonly Dictionary<StoredPart, string> _files = [];

    private PartFiles(string folder) => _folder = folder;

    /// <summary>The parts there are.</summary>
    public IReadOnlyCollection<StoredPart> All => _files.Keys;

    /// <summary>Opens the folder, making it where there is none.</summary>
    public static PartFiles Open(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var files = new PartFiles(folder);
        foreach (string path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).ToArray())
        {
            try
            {
                StoredPart part = JsonSerializer.Deserialize<StoredPart>(File.ReadAllBytes(path)) ?? throw new JsonException("It is null.");
                files._files[part with { Text = MessageText.Restore(part.Text) }] = path;
            }
            catch (JsonException)
            {
                // Not ours, or damaged: it stays for whoever wants to look, and is out of the way.
                File.Move(path, path + ".damaged", overwrite: true);
            }
        }

        return files;
    }

    /// <summary>Keeps a part; when this returns it is on the disk.</summary>
    public void Keep(StoredPart part)
    {
        if (_files.ContainsKey(part))
        {
            return;
        }

        string path = Path.Combine(_folder, Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture) + ".json");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        string temporary = path + ".new";
        using (FileStream file = new(temporary, options))
        {
            JsonSerializer.Serialize(file, part with { Text = MessageText.Keep(part.Text) });
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
        _files.Add(part, path);
    }

    /// <summary>Forgets parts.</summary>
    public void Delete(IEnumerable<StoredPart> parts)
    {
        foreach (StoredPart part in parts)
        {
            if (_files.Remove(part, out string? path))
            {
                File.Delete(path);
            }
        }
    }
}
