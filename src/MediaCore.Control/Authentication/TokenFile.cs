using System.Globalization;
using System.Text.Json;

namespace MediaCore.Control.Authentication;

/// <summary>
/// The file that tokens are kept in: JSON, mode 0600, replaced as a whole (written beside it, then renamed), so that a server that reads it while it is changed has the old
/// or the new one. Those who change it take turns by a lock file.
/// </summary>
public static class TokenFile
{
    /// <summary>Tokens in a file: each is compared with what a caller shows.</summary>
    public const int MaxTokens = 1000;

    private const int MaxFileBytes = 1024 * 1024;
    private static readonly JsonWriterOptions s_writing = new() { Indented = true };

    /// <summary>Reads a file; no tokens where there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is no such file; the message says which and why.</exception>
    public static IReadOnlyList<ControlToken> Read(string path)
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxFileBytes)
            {
                throw new IOException($"{path} has more than {MaxFileBytes} bytes and is no file of tokens");
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{path} cannot be read: {exception.Message}", exception);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return [.. document.RootElement.GetProperty("tokens").EnumerateArray().Take(MaxTokens).Select(Read)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new IOException($"{path} is no file of tokens ({exception.Message}); mend it, or remove it and make tokens anew with `mcctl token create`", exception);
        }
    }

    /// <summary>Adds a token.</summary>
    /// <exception cref="IOException">There is one of that name, there are too many, or the file cannot be changed; the message says which.</exception>
    public static void Add(string path, ControlToken token) => Change(path, tokens =>
    {
        if (tokens.Any(known => known.Name == token.Name))
        {
            throw new IOException($"there is a token \"{token.Name}\" already; revoke it first, or choose another name");
        }

        if (tokens.Count >= MaxTokens)
        {
            throw new IOException($"there are {MaxTokens} tokens, and no more may be; revoke those that nobody uses");
        }

        return [.. tokens, token];
    });

    /// <summary>Removes a token; false when there is none of that name.</summary>
    /// <exception cref="IOException">The file cannot be changed.</exception>
    public static bool Remove(string path, string name)
    {
        bool isFound = false;
        Change(path, tokens =>
        {
            isFound = tokens.Any(known => known.Name == name);
            return isFound ? [.. tokens.Where(known => known.Name != name)] : null;
        });
        return isFound;
    }

    private static void Change(string path, Func<IReadOnlyList<ControlToken>, IReadOnlyList<ControlToken>?> change)
    {
        string full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using FileStream turn = new(full + ".lock", ForOwnerAlone(FileMode.OpenOrCreate));
            if (change(Read(full)) is { } changed)
            {
                Write(full, changed);
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"{full} cannot be changed: {exception.Message}", exception);
        }
    }

    private static FileStreamOptions ForOwnerAlone(FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private static void Write(string path, IReadOnlyList<ControlToken> tokens)
    {
        string beside = path + ".new";
        File.Delete(beside);
        using (FileStream file = new(beside, ForOwnerAlone(FileMode.CreateNew)))
        {
            using (Utf8JsonWriter json = new(file, s_writing))
            {
                json.WriteStartObject();
                json.WriteStartArray("tokens");
                foreach (ControlToken token in tokens)
                {
                    Write(json, token);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    private static void Write(Utf8JsonWriter json, ControlToken token)
    {
        json.WriteStartObject();
        json.WriteString("name", token.Name);
        json.WriteString("scope", ScopeName.Of(token.Scope));
        if (token.Controller is not null)
        {
            json.WriteString("controller", token.Controller);
        }

        json.WriteString("sha256", Convert.ToHexStringLower(token.Hash));
        json.WriteString("created", token.CreatedAt.ToString("O", CultureInfo.InvariantCulture));
        if (token.ExpiresAt is { } expires)
        {
            json.WriteString("expires", expires.ToString("O", CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    private static ControlToken Read(JsonElement element)
    {
        string name = element.GetProperty("name").GetString() ?? "";
        byte[] hash = Convert.FromHexString(element.GetProperty("sha256").GetString() ?? "");
        if (!ControlToken.IsName(name) || hash.Length != System.Security.Cryptography.SHA256.HashSizeInBytes || !ScopeName.TryParse(element.GetProperty("scope").GetString(), out ControlScope scope))
        {
            throw new FormatException($"token \"{name}\" has no right name, scope or hash");
        }

        string? controller = element.TryGetProperty("controller", out JsonElement bound) ? bound.GetString() : null;
        return new ControlToken(name, scope, controller, hash, element.GetProperty("created").GetDateTimeOffset(), element.TryGetProperty("expires", out JsonElement expires) ? expires.GetDateTimeOffset() : null);
    }
}
