using System.Text.Json;

namespace MediaCore.Numbers.Documents;

/// <summary>
/// One object of a JSON document as it is read: values come out with their kinds and bounds checked, and whatever is wrong goes to <see cref="DocumentErrors"/> with its path, so that reading goes on and finds all of it.
/// <see cref="Finish"/> says which members nobody has asked for.
/// </summary>
public sealed class DocumentObject
{
    private readonly JsonElement _element;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private DocumentObject(JsonElement element, string path, DocumentErrors errors)
    {
        _element = element;
        Path = path;
        Errors = errors;
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!names.Add(member.Name))
            {
                errors.Add(DocumentErrors.Join(path, member.Name), "is there twice; keep one of them");
            }
        }
    }

    /// <summary>Where it stands.</summary>
    public string Path { get; }

    /// <summary>Where errors go.</summary>
    public DocumentErrors Errors { get; }

    /// <summary>Its members, in their order. All of them count as asked for.</summary>
    public IEnumerable<(string Name, JsonElement Value, string Path)> Members
    {
        get
        {
            foreach (JsonProperty member in _element.EnumerateObject())
            {
                _asked.Add(member.Name);
                yield return (member.Name, member.Value, DocumentErrors.Join(Path, member.Name));
            }
        }
    }

    /// <summary>Reads a whole document, which is an object; null when it is none.</summary>
    public static DocumentObject? Parse(string json, DocumentErrors errors)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(errors);
        try
        {
            using var document = JsonDocument.Parse(json);
            return From(document.RootElement.Clone(), "$", errors);
        }
        catch (JsonException e)
        {
            errors.Add("$", $"is no JSON: {e.Message}");
            return null;
        }
    }

    /// <summary>An element that should be an object; null, with an error, when it is none.</summary>
    public static DocumentObject? From(JsonElement element, string path, DocumentErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (element.ValueKind == JsonValueKind.Object)
        {
            return new DocumentObject(element, path, errors);
        }

        errors.Add(path, "is an object: { … }");
        return null;
    }

    /// <summary>Where a member stands, or would stand.</summary>
    public string At(string name) => DocumentErrors.Join(Path, name);

    /// <summary>Notes an error at a member.</summary>
    public void Error(string name, string message) => Errors.Add(At(name), message);

    /// <summary>A member of any kind; null when it is not there, or <c>null</c>.</summary>
    public JsonElement? Any(string name)
    {
        _asked.Add(name);
        return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>A text; null when it is not there or is none.</summary>
    /// <param name="name">The member.</param>
    /// <param name="maxCharacters">Longest; an empty one is an error.</param>
    /// <param name="isRequired">Whether it must be there.</param>
    public string? Text(string name, int maxCharacters, bool isRequired = false)
    {
        if (Any(name) is not { } value)
        {
            if (isRequired)
            {
                Error(name, "is missing");
            }

            return null;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= maxCharacters)
        {
            return text;
        }

        Error(name, $"is a text of 1 to {maxCharacters} characters");
        return null;
    }

    /// <summary>A whole number within bounds; the default when it is not there or is none.</summary>
    public int Integer(string name, int min, int max, int otherwise)
    {
        if (Any(name) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= min && number <= max)
        {
            return number;
        }

        Error(name, $"is a whole number from {min} to {max}");
        return otherwise;
    }

    /// <summary><c>true</c> or <c>false</c>; the default when it is not there.</summary>
    public bool Flag(string name, bool otherwise)
    {
        if (Any(name) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Error(name, "is true or false");
        return otherwise;
    }

    /// <summary>An object; null when it is not there or is none.</summary>
    public DocumentObject? Object(string name, bool isRequired = false)
    {
        if (Any(name) is { } value)
        {
            return From(value, At(name), Errors);
        }

        if (isRequired)
        {
            Error(name, "is missing");
        }

        return null;
    }

    /// <summary>The elements of an array; none when it is not there, or (with an error) is none or too long.</summary>
    public IReadOnlyList<(JsonElement Value, string Path)> Array(string name, int maxElements)
    {
        if (Any(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxElements)
        {
            Error(name, $"is an array of at most {maxElements}: [ … ]");
            return [];
        }

        return [.. value.EnumerateArray().Select((element, index) => (element, DocumentErrors.Join(At(name), index)))];
    }

    /// <summary>All has been read: what nobody asked for is a mistake of whoever wrote it.</summary>
    public void Finish()
    {
        foreach (JsonProperty member in _element.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                Error(member.Name, $"is not known here; known are {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
            }
        }
    }
}
