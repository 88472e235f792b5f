using System.Text.Json;

namespace MediaCore.Server.Configuration;

/// <summary>
/// Reads JSON with comments and trailing commas (the dialect of editors' <c>.jsonc</c>) into nodes that know their line.
/// <see cref="JsonDocument"/> forgets positions and keeps the last of two equal keys in silence, so the tree is built from the reader.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>Reads a file; null when it cannot be read or is not JSON, with the reason in <paramref name="errors"/>.</summary>
    public static ConfigurationObject? Read(string path, ConfigurationErrors errors)
    {
        ConfigurationOrigin origin = new(path, 0);
        byte[] content;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                errors.Add("", origin, Directory.Exists(path) ? "is a folder, not a file" : "there is no such file");
                return null;
            }

            if (file.Length > ConfigurationLimits.MaxFileBytes)
            {
                errors.Add("", origin, $"has {file.Length} bytes; a configuration may have {ConfigurationLimits.MaxFileBytes}");
                return null;
            }

            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add("", origin, $"cannot be read: {e.Message}");
            return null;
        }

        return Parse(content, path, errors) switch
        {
            null => null,
            ConfigurationObject root => root,
            ConfigurationNode other => Refuse(other),
        };

        ConfigurationObject? Refuse(ConfigurationNode node)
        {
            errors.Add("", node.Origin, "must be an object: { … }");
            return null;
        }
    }

    /// <summary>Parses a text; null with an error when it is not JSON.</summary>
    public static ConfigurationNode? Parse(ReadOnlySpan<byte> content, string source, ConfigurationErrors errors)
    {
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        Utf8JsonReader reader = new(content, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = ConfigurationLimits.MaxDepth,
        });
        LineCounter lines = new(content, source);
        try
        {
            reader.Read();
            ConfigurationNode node = ReadValue(ref reader, ref lines, "", errors);
            while (reader.Read())
            {
                // Nothing but comments may follow; anything else makes Read throw.
            }

            return node;
        }
        catch (JsonException e)
        {
            string message = e.Message;
            int at = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            errors.Add("", new ConfigurationOrigin(source, (int)(e.LineNumber ?? 0) + 1), $"is not valid JSON: {(at < 0 ? message : message[..at])}");
            return null;
        }
        catch (InvalidOperationException e)
        {
            // Invalid UTF-8 in a string.
            errors.Add("", lines.At(reader.TokenStartIndex), $"is not valid JSON: {e.Message}");
            return null;
        }
    }

    private static ConfigurationNode ReadValue(ref Utf8JsonReader reader, ref LineCounter lines, string path, ConfigurationErrors errors)
    {
        ConfigurationOrigin origin = lines.At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                ConfigurationObject result = new(origin);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    ConfigurationOrigin nameOrigin = lines.At(reader.TokenStartIndex);
                    string name = reader.GetString() ?? "";
                    string memberPath = path.Length == 0 ? name : $"{path}.{name}";
                    reader.Read();
                    ConfigurationNode value = ReadValue(ref reader, ref lines, memberPath, errors);
                    if (!result.Members.TryAdd(name, value))
                    {
                        errors.Add(memberPath, nameOrigin, "is written twice");
                    }
                }

                return result;
            case JsonTokenType.StartArray:
                ConfigurationList list = new(origin);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Items.Add(ReadValue(ref reader, ref lines, $"{path}[{list.Items.Count}]", errors));
                }

                return list;
            case JsonTokenType.Null:
                return new ConfigurationScalar(origin, ConfigurationScalarKind.Null, "null");
            case JsonTokenType.True:
                return new ConfigurationScalar(origin, ConfigurationScalarKind.Boolean, "true");
            case JsonTokenType.False:
                return new ConfigurationScalar(origin, ConfigurationScalarKind.Boolean, "false");
            case JsonTokenType.Number:
                return new ConfigurationScalar(origin, ConfigurationScalarKind.Number, System.Text.Encoding.ASCII.GetString(reader.ValueSpan));
            default:
                return new ConfigurationScalar(origin, ConfigurationScalarKind.Text, reader.GetString() ?? "");
        }
    }

    /// <summary>Counts lines forward as the reader goes; each byte is looked at once.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> content, string source)
    {
        private readonly ReadOnlySpan<byte> _content = content;
        private readonly string _source = source;
        private int _position;
        private int _line = 1;

        public ConfigurationOrigin At(long index)
        {
            int end = (int)Math.Min(index, _content.Length);
            if (end > _position)
            {
                _line += _content[_position..end].Count((byte)'\n');
                _position = end;
            }

            return new ConfigurationOrigin(_source, _line);
        }
    }
}
