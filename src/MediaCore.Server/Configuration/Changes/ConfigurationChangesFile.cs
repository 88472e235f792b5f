using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MediaCore.Server.Configuration.Changes;

/// <summary>
/// The file that keeps the changes: JSON in the data folder (the configuration's own folder is read-only in a container and under systemd), mode 0600 since passwords may be in it, replaced as a
/// whole: written beside it, forced to the disk, renamed.
/// </summary>
internal static class ConfigurationChangesFile
{
    /// <summary>Its name in the data folder.</summary>
    public const string Name = "configuration-changes.json";

    private const string Remark = "Made over the control interface and laid over the configuration file; mcctl config list shows it, mcctl config reset takes a change back. Edit it only while the server is stopped.";
    private static readonly JsonWriterOptions s_writing = new() { Indented = true };

    /// <summary>Reads a file; no changes where there is none, and an error where it is wrong.</summary>
    public static ConfigurationChanges Read(string path, ConfigurationErrors errors)
    {
        try
        {
            if (!File.Exists(path))
            {
                return ConfigurationChanges.None;
            }

            using FileStream file = File.OpenRead(path);
            if (file.Length > ConfigurationLimits.MaxFileBytes)
            {
                throw new FormatException($"it has more than {ConfigurationLimits.MaxFileBytes} bytes");
            }

            using JsonDocument document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = 2 * ConfigurationLimits.MaxDepth });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            errors.Add("", new ConfigurationOrigin(path, 0), $"is no file of changes made over the control interface ({e.Message.ReplaceLineEndings(" ")}): mend it, or remove it, and the configuration file alone counts");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add("", new ConfigurationOrigin(path, 0), $"cannot be read: {e.Message}");
        }

        return ConfigurationChanges.None;
    }

    /// <summary>The bytes of a file.</summary>
    public static byte[] ToBytes(ConfigurationChanges changes)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, s_writing))
        {
            json.WriteStartObject();
            json.WriteString("remark", Remark);
            json.WriteStartArray("changes");
            foreach ((ResourceName name, ConfigurationChange change) in changes.Items.OrderBy(static item => item.Key.Section, StringComparer.Ordinal).ThenBy(static item => item.Key.Name, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("section", name.Section);
                json.WriteString("name", name.Name);
                json.WriteString("at", change.At.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("by", change.By);
                json.WriteString("basedOn", change.BasedOn);
                json.WritePropertyName("value");
                (change.Json is { } value ? JsonNode.Parse(value) : null).WriteOrNull(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("order");
            foreach ((string section, ConfigurationOrder order) in changes.Orders)
            {
                json.WriteStartObject(section);
                WriteNames(json, "names", order.Names);
                WriteNames(json, "basedOn", order.BasedOn);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Writes a file; none where nothing was changed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static void Write(string path, ConfigurationChanges changes)
    {
        if (changes.IsEmpty)
        {
            File.Delete(path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = path + ".new";
        File.Delete(beside);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (FileStream file = new(beside, options))
        {
            file.Write(ToBytes(changes));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Puts a file aside, so that the configuration file alone counts; where it is then, or null where there was none.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public static string? PutAside(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        string aside = path + ".aside";
        File.Move(path, aside, overwrite: true);
        return aside;
    }

    private static void WriteNames(Utf8JsonWriter json, string key, ImmutableArray<string> names)
    {
        json.WriteStartArray(key);
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private static void WriteOrNull(this JsonNode? node, Utf8JsonWriter json)
    {
        if (node is null)
        {
            json.WriteNullValue();
        }
        else
        {
            node.WriteTo(json);
        }
    }

    private static ConfigurationChanges Read(JsonElement root)
    {
        ImmutableDictionary<ResourceName, ConfigurationChange>.Builder items = ConfigurationChanges.None.Items.ToBuilder();
        foreach (JsonElement each in root.GetProperty("changes").EnumerateArray())
        {
            ResourceName name = new(ReadText(each, "section"), ReadText(each, "name"));
            if (!ConfigurationSections.IsKnown(name.Section) || ConfigurationSections.IsList(name.Section) != name.Name.Length > 0)
            {
                throw new FormatException($"{name} is nothing that can be changed");
            }

            JsonElement value = each.GetProperty("value");
            string? json = value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.Object => value.GetRawText(),
                _ => throw new FormatException($"the value of {name} is no object"),
            };
            items[name] = new ConfigurationChange(json, ReadText(each, "basedOn"), each.GetProperty("at").GetDateTimeOffset(), ReadText(each, "by"));
        }

        ImmutableDictionary<string, ConfigurationOrder>.Builder orders = ConfigurationChanges.None.Orders.ToBuilder();
        foreach (JsonProperty order in root.GetProperty("order").EnumerateObject())
        {
            orders[order.Name] = new ConfigurationOrder(ReadNames(order.Value.GetProperty("names")), ReadNames(order.Value.GetProperty("basedOn")));
        }

        return new ConfigurationChanges(items.ToImmutable(), orders.ToImmutable());
    }

    private static ImmutableArray<string> ReadNames(JsonElement names) => [.. names.EnumerateArray().Select(static name => name.GetString() ?? "")];

    private static string ReadText(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
