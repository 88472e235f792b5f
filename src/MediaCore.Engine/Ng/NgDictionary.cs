using MediaCore.Engine.Control;

namespace MediaCore.Engine.Ng;

/// <summary>A dictionary of a message, in the order in which it was written. Of a key that comes twice the first one counts.</summary>
internal sealed class NgDictionary
{
    private readonly OrderedDictionary<string, NgValue> _members = new(StringComparer.Ordinal);

    /// <summary>Of an answer that is an error: what kind of error, for those who want to know more than its words. It is not part of the message.</summary>
    public CommandStatus Status { get; init; }

    /// <summary>Its members.</summary>
    public IEnumerable<KeyValuePair<string, NgValue>> Members => _members;

    /// <summary>How many.</summary>
    public int Count => _members.Count;

    /// <summary>A member; null where there is none. Setting one that is there changes it.</summary>
    public NgValue? this[string key]
    {
        get => _members.GetValueOrDefault(key);
        set => _members[key] = value!;
    }

    /// <summary>Adds a member; false when the key is there already.</summary>
    public bool TryAdd(string key, NgValue value) => _members.TryAdd(key, value);
}
