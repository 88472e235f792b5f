using System.Globalization;

namespace MediaCore.Server.Configuration;

/// <summary>A text of a configuration with its place, for checks that come after reading.</summary>
/// <param name="Value">The text.</param>
/// <param name="Path">Path of the value.</param>
/// <param name="Origin">Where it was written.</param>
internal readonly record struct ConfigurationText(string Value, string Path, ConfigurationOrigin Origin);

/// <summary>
/// Typed access to one object of the configuration. A wrong type or a value out of range is noted and the default used, so that reading goes
/// on to the next mistake; <see cref="Finish"/> notes the keys that nobody asked for.
/// </summary>
internal sealed class SectionReader
{
    private readonly ConfigurationObject? _node;
    private readonly ConfigurationErrors _errors;
    private readonly Dictionary<string, string> _values;
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the root of a configuration.</summary>
    /// <param name="node">The object; null where none was written.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    public SectionReader(ConfigurationObject? node, ConfigurationErrors errors)
        : this(node, "", errors, new Dictionary<string, string>(StringComparer.Ordinal))
    {
    }

    private SectionReader(ConfigurationObject? node, string path, ConfigurationErrors errors, Dictionary<string, string> values)
    {
        _node = node;
        _errors = errors;
        _values = values;
        Path = path;
    }

    /// <summary>
    /// Every value that was asked for so far, in this and in all other objects of the configuration: its path, and what was found or taken in its place. It grows by
    /// reading, so no setting can be missing from it.
    /// </summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Path of this object; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Whether the object was written at all.</summary>
    public bool IsPresent => _node is not null;

    /// <summary>Where the object was written.</summary>
    public ConfigurationOrigin Origin => _node?.Origin ?? default;

    /// <summary>Path of a member.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>Notes an error of a member, at the place it was written or, when it was not, at the object's.</summary>
    public void Error(string name, string message) =>
        _errors.Add(PathOf(name), _node is not null && _node.Members.TryGetValue(name, out ConfigurationNode? node) ? node.Origin : Origin, message);

    /// <summary>Notes an error at a text that was read before.</summary>
    public void Error(in ConfigurationText text, string message) => _errors.Add(text.Path, text.Origin, message);

    /// <summary>Whether something was noted about a member already, so that what follows from it need not be.</summary>
    public bool HasError(string name)
    {
        string path = PathOf(name);
        return _errors.Items.Any(e => e.Path.StartsWith(path, StringComparison.Ordinal));
    }

    /// <summary>A text that may be null (and then is), or the default when the key is absent.</summary>
    public ConfigurationText? OptionalText(string name, string? fallback)
    {
        ConfigurationText? result = ReadOptionalText(name, fallback);
        Note(name, result?.Value ?? "null");
        return result;
    }

    private ConfigurationText? ReadOptionalText(string name, string? fallback)
    {
        if (Find(name) is not { } node)
        {
            return fallback is null ? null : new ConfigurationText(fallback, PathOf(name), Origin);
        }

        switch (node)
        {
            case ConfigurationScalar { Kind: ConfigurationScalarKind.Null }:
                return null;
            case ConfigurationScalar { Kind: ConfigurationScalarKind.Override, Text: "" or "null" } scalar:
                Settle(name, scalar, ConfigurationScalarKind.Null);
                return null;
            case ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override } scalar:
                Settle(name, scalar, ConfigurationScalarKind.Text);
                return new ConfigurationText(scalar.Text, PathOf(name), scalar.Origin);
            default:
                Error(name, "must be a text in quotes");
                return null;
        }
    }

    /// <summary>A text; null and an empty text are errors.</summary>
    public ConfigurationText Text(string name, string fallback)
    {
        ConfigurationText result = ReadText(name, fallback);
        Note(name, result.Value);
        return result;
    }

    private ConfigurationText ReadText(string name, string fallback)
    {
        ConfigurationNode? node = Find(name);
        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override, Text.Length: > 0 } scalar)
        {
            Settle(name, scalar, ConfigurationScalarKind.Text);
            return new ConfigurationText(scalar.Text, PathOf(name), scalar.Origin);
        }

        if (node is not null)
        {
            Error(name, "must be a text in quotes, and not empty");
        }

        return new ConfigurationText(fallback, PathOf(name), node?.Origin ?? Origin);
    }

    /// <summary>A text that has no default.</summary>
    public ConfigurationText? RequiredText(string name)
    {
        if (Find(name) is null)
        {
            Error(name, "is missing");
            return null;
        }

        ConfigurationText text = Text(name, "");
        return text.Value.Length == 0 ? null : text;
    }

    /// <summary>A whole number within bounds.</summary>
    public long Integer(string name, long fallback, long min, long max)
    {
        long result = ReadInteger(name, fallback, min, max);
        Note(name, result.ToString(CultureInfo.InvariantCulture));
        return result;
    }

    private long ReadInteger(string name, long fallback, long min, long max)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Number or ConfigurationScalarKind.Override } scalar
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= min && value <= max)
        {
            Settle(name, scalar, ConfigurationScalarKind.Number, value.ToString(CultureInfo.InvariantCulture));
            return value;
        }

        Error(name, $"must be a whole number from {min} to {max}");
        return fallback;
    }

    /// <summary>A length of time in seconds, with or without a fraction.</summary>
    public TimeSpan Seconds(string name, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        TimeSpan result = ReadSeconds(name, fallback, min, max);
        Note(name, result.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        return result;
    }

    private TimeSpan ReadSeconds(string name, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Number or ConfigurationScalarKind.Override } scalar
            && decimal.TryParse(scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds >= (decimal)min.TotalSeconds && seconds <= (decimal)max.TotalSeconds)
        {
            Settle(name, scalar, ConfigurationScalarKind.Number, seconds.ToString(CultureInfo.InvariantCulture));
            return TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        Error(name, string.Create(CultureInfo.InvariantCulture, $"must be a number of seconds from {min.TotalSeconds} to {max.TotalSeconds}"));
        return fallback;
    }

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback)
    {
        bool result = ReadFlag(name, fallback);
        Note(name, result ? "true" : "false");
        return result;
    }

    private bool ReadFlag(string name, bool fallback)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Boolean or ConfigurationScalarKind.Override } scalar
            && bool.TryParse(scalar.Text, out bool value))
        {
            Settle(name, scalar, ConfigurationScalarKind.Boolean, value ? "true" : "false");
            return value;
        }

        Error(name, "must be true or false");
        return fallback;
    }

    /// <summary>One of a few words; where words are numbers, as a rate in Hz, they may stand without quotes.</summary>
    public T Choice<T>(string name, T fallback, params (string Word, T Value)[] choices)
    {
        T result = ReadChoice(name, fallback, choices);
        Note(name, result?.ToString() ?? "null");
        return result;
    }

    private T ReadChoice<T>(string name, T fallback, (string Word, T Value)[] choices)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Number or ConfigurationScalarKind.Override } scalar)
        {
            foreach ((string word, T value) in choices)
            {
                if (word == scalar.Text)
                {
                    Settle(name, scalar, ConfigurationScalarKind.Text);
                    return value;
                }
            }
        }

        Error(name, $"must be one of {string.Join(", ", choices.Select(static c => $"\"{c.Word}\""))}");
        return fallback;
    }

    /// <summary>Whether a key was written.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The keys that were written, for objects whose keys are data.</summary>
    public IReadOnlyList<string> Names => _node is null ? [] : [.. _node.Members.Keys];

    /// <summary>A list of texts; the default when the key is absent.</summary>
    public IReadOnlyList<ConfigurationText> Texts(string name, params string[] fallback)
    {
        List<ConfigurationText> result = ReadTexts(name, fallback);
        Note(name, string.Join(',', result.Select(static text => text.Value)));
        return result;
    }

    /// <summary>One text, a list of texts, or null for none; the default when the key is absent.</summary>
    public IReadOnlyList<ConfigurationText> TextOrTexts(string name, string fallback)
    {
        List<ConfigurationText> result = Find(name) switch
        {
            ConfigurationScalar { Kind: ConfigurationScalarKind.Null } => [],
            ConfigurationScalar { Kind: ConfigurationScalarKind.Override, Text: "" or "null" } scalar => ReadNone(name, scalar),
            ConfigurationScalar { Kind: ConfigurationScalarKind.Text, Text.Length: > 0 } scalar => [new ConfigurationText(scalar.Text, PathOf(name), scalar.Origin)],
            _ => ReadTexts(name, [fallback]),
        };
        Note(name, string.Join(',', result.Select(static text => text.Value)));
        return result;
    }

    private List<ConfigurationText> ReadNone(string name, ConfigurationScalar scalar)
    {
        Settle(name, scalar, ConfigurationScalarKind.Null);
        return [];
    }

    private List<ConfigurationText> ReadTexts(string name, string[] fallback)
    {
        string path = PathOf(name);
        List<ConfigurationText> result = [];
        switch (Find(name))
        {
            case null:
                result.AddRange(fallback.Select((text, i) => new ConfigurationText(text, $"{path}[{i}]", Origin)));
                break;
            case ConfigurationScalar { Kind: ConfigurationScalarKind.Override } scalar:
                string[] parts = scalar.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                result.AddRange(parts.Select((text, i) => new ConfigurationText(text, $"{path}[{i}]", scalar.Origin)));
                ConfigurationList settled = new(scalar.Origin);
                settled.Items.AddRange(parts.Select(text => new ConfigurationScalar(scalar.Origin, ConfigurationScalarKind.Text, text)));
                _node!.Members[name] = settled;
                break;
            case ConfigurationList list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    string itemPath = $"{path}[{i}]";
                    if (list.Items[i] is ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override, Text.Length: > 0 } item)
                    {
                        result.Add(new ConfigurationText(item.Text, itemPath, item.Origin));
                    }
                    else
                    {
                        _errors.Add(itemPath, list.Items[i].Origin, "must be a text in quotes, and not empty");
                    }
                }

                break;
            default:
                Error(name, "must be a list of texts: [ \"…\" ]");
                break;
        }

        return result;
    }

    /// <summary>An object inside this one; an empty reader when the key is absent.</summary>
    public SectionReader Section(string name)
    {
        ConfigurationNode? node = Find(name);
        if (node is not (null or ConfigurationObject))
        {
            Error(name, "must be an object: { … }");
        }

        return new SectionReader(node as ConfigurationObject, PathOf(name), _errors, _values);
    }

    /// <summary>The objects of a list.</summary>
    public IReadOnlyList<SectionReader> Sections(string name)
    {
        List<SectionReader> result = [];
        switch (Find(name))
        {
            case null:
                break;
            case ConfigurationList list:
                for (int i = 0; i < list.Items.Count; i++)
                {
                    string itemPath = $"{PathOf(name)}[{i}]";
                    if (list.Items[i] is ConfigurationObject item)
                    {
                        result.Add(new SectionReader(item, itemPath, _errors, _values));
                    }
                    else
                    {
                        _errors.Add(itemPath, list.Items[i].Origin, "must be an object: { … }");
                    }
                }

                break;
            default:
                Error(name, "must be a list of objects: [ { … } ]");
                break;
        }

        return result;
    }

    /// <summary>A number within bounds, with or without a fraction.</summary>
    public double Number(string name, double fallback, double min, double max)
    {
        double result = ReadNumber(name, fallback, min, max);
        Note(name, result.ToString(CultureInfo.InvariantCulture));
        return result;
    }

    private double ReadNumber(string name, double fallback, double min, double max)
    {
        if (Find(name) is not { } node)
        {
            return fallback;
        }

        if (node is ConfigurationScalar { Kind: ConfigurationScalarKind.Number or ConfigurationScalarKind.Override } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= min && value <= max)
        {
            Settle(name, scalar, ConfigurationScalarKind.Number, value.ToString(CultureInfo.InvariantCulture));
            return value;
        }

        Error(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}"));
        return fallback;
    }

    /// <summary>Whole numbers within bounds; empty when the key is absent.</summary>
    public IReadOnlyList<int> Integers(string name, int min, int max)
    {
        List<int> result = ReadIntegers(name, min, max);
        Note(name, string.Join(',', result));
        return result;
    }

    private List<int> ReadIntegers(string name, int min, int max)
    {
        List<int> result = [];
        ConfigurationNode? node = Find(name);
        if (node is ConfigurationList list)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                if (list.Items[i] is ConfigurationScalar { Kind: ConfigurationScalarKind.Number } scalar
                    && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max)
                {
                    result.Add(value);
                }
                else
                {
                    _errors.Add($"{PathOf(name)}[{i}]", list.Items[i].Origin, $"must be a whole number from {min} to {max}");
                }
            }
        }
        else if (node is not null)
        {
            Error(name, "must be a list of whole numbers: [ 503 ]");
        }

        return result;
    }

    /// <summary>The elements of a list that may be a text, for short, or an object: one of the two is set in each; the default texts when the key is absent.</summary>
    public IReadOnlyList<(ConfigurationText? Text, SectionReader? Section)> TextsOrSections(string name, params string[] fallback)
    {
        if (Find(name) is not ConfigurationList list || list.Items.TrueForAll(static item => item is ConfigurationScalar))
        {
            return [.. Texts(name, fallback).Select(static text => ((ConfigurationText?)text, (SectionReader?)null))];
        }

        List<(ConfigurationText?, SectionReader?)> result = [];
        for (int i = 0; i < list.Items.Count; i++)
        {
            string path = $"{PathOf(name)}[{i}]";
            switch (list.Items[i])
            {
                case ConfigurationObject item:
                    result.Add((null, new SectionReader(item, path, _errors, _values)));
                    break;
                case ConfigurationScalar { Kind: ConfigurationScalarKind.Text or ConfigurationScalarKind.Override, Text.Length: > 0 } text:
                    Note($"{name}[{i}]", text.Text);
                    result.Add((new ConfigurationText(text.Text, path, text.Origin), null));
                    break;
                default:
                    _errors.Add(path, list.Items[i].Origin, "must be a text in quotes or an object: { … }");
                    break;
            }
        }

        return result;
    }

    /// <summary>Notes an error in another file that this configuration names.</summary>
    public void Error(string name, string file, int line, string message) => _errors.Add(PathOf(name), new ConfigurationOrigin(file, line), message);

    /// <summary>Notes every key that was written and never asked for.</summary>
    public void Finish()
    {
        if (_node is null)
        {
            return;
        }

        foreach ((string name, ConfigurationNode value) in _node.Members)
        {
            if (!_asked.Contains(name))
            {
                string hint = KeySuggestion.Find(name, _asked) is { } near
                    ? $"did you mean \"{near}\"?"
                    : $"known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}";
                _errors.Add(PathOf(name), value.Origin, $"is not a known key; {hint}");
            }
        }
    }

    private void Note(string name, string value) => _values[PathOf(name)] = value;

    private ConfigurationNode? Find(string name)
    {
        _asked.Add(name);
        return _node?.Find(name);
    }

    /// <summary>An override has the type of its key once it was read, so that it can be shown and given back as what it is.</summary>
    private void Settle(string name, ConfigurationScalar scalar, ConfigurationScalarKind kind, string? text = null)
    {
        if (scalar.Kind == ConfigurationScalarKind.Override)
        {
            _node!.Members[name] = new ConfigurationScalar(scalar.Origin, kind, text ?? scalar.Text);
        }
    }
}
