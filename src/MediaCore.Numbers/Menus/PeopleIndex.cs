using System.Runtime.CompilerServices;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;

namespace MediaCore.Numbers.Menus;

/// <summary>The people of a tenant who can be rung, by extension and by the keys of their names. Made once for a configuration; read by any thread.</summary>
internal sealed class PeopleIndex
{
    private static readonly ConditionalWeakTable<TenantConfiguration, PeopleIndex> s_known = [];

    /// <summary>Letters beyond the Latin alphabet's 26, and the letters that stand on the keys for them.</summary>
    private static readonly Dictionary<char, string> s_letters = new()
    {
        ['à'] = "a", ['á'] = "a", ['â'] = "a", ['ã'] = "a", ['ä'] = "a", ['å'] = "a", ['ā'] = "a", ['ă'] = "a", ['ą'] = "a", ['æ'] = "ae",
        ['ç'] = "c", ['ć'] = "c", ['č'] = "c", ['ď'] = "d", ['đ'] = "d", ['ð'] = "d", ['è'] = "e", ['é'] = "e", ['ê'] = "e", ['ë'] = "e", ['ē'] = "e", ['ė'] = "e", ['ę'] = "e", ['ě'] = "e",
        ['ğ'] = "g", ['ģ'] = "g", ['ì'] = "i", ['í'] = "i", ['î'] = "i", ['ï'] = "i", ['ī'] = "i", ['į'] = "i", ['ı'] = "i", ['ķ'] = "k", ['ĺ'] = "l", ['ļ'] = "l", ['ľ'] = "l", ['ł'] = "l",
        ['ñ'] = "n", ['ń'] = "n", ['ņ'] = "n", ['ň'] = "n", ['ò'] = "o", ['ó'] = "o", ['ô'] = "o", ['õ'] = "o", ['ö'] = "o", ['ø'] = "o", ['ō'] = "o", ['ő'] = "o", ['œ'] = "oe",
        ['ŕ'] = "r", ['ř'] = "r", ['ś'] = "s", ['ş'] = "s", ['š'] = "s", ['ș'] = "s", ['ß'] = "ss", ['ť'] = "t", ['ţ'] = "t", ['ț'] = "t", ['þ'] = "th",
        ['ù'] = "u", ['ú'] = "u", ['û'] = "u", ['ü'] = "u", ['ū'] = "u", ['ů'] = "u", ['ű'] = "u", ['ų'] = "u", ['ý'] = "y", ['ÿ'] = "y", ['ź'] = "z", ['ż'] = "z", ['ž'] = "z",
    };

    private readonly Entry[] _extensions;
    private readonly Entry[] _names;

    private PeopleIndex(IEnumerable<User> users)
    {
        User[] reachable = [.. users.Where(static user => user is { Disabled: false, Account: not null })];
        _extensions = Sort(reachable.Where(static user => user.Extension is not null).Select(static user => new Entry(user.Extension!, user)));
        _names = Sort(reachable.SelectMany(static user => GetKeys(user.DisplayName.Length > 0 ? user.DisplayName : user.Name).Select(key => new Entry(key, user))));
    }

    /// <summary>That of a configuration.</summary>
    public static PeopleIndex Of(TenantConfiguration configuration) => s_known.GetValue(configuration, static from => new PeopleIndex(from.Users.Values));

    /// <summary>Who has an extension; null for nobody.</summary>
    public User? FindByExtension(string extension)
    {
        ReadOnlySpan<Entry> found = Range(_extensions, extension);
        return found is [var first, ..] && first.Key == extension ? first.User : null;
    }

    /// <summary>How many digits the shortest extension has that begins so and is longer; 0 where there is none.</summary>
    public int GetShortestLonger(string digits)
    {
        int shortest = 0;
        foreach (Entry entry in Range(_extensions, digits))
        {
            if (entry.Key.Length > digits.Length && (shortest == 0 || entry.Key.Length < shortest))
            {
                shortest = entry.Key.Length;
            }
        }

        return shortest;
    }

    /// <summary>Whose first, last or whole name begins with these keys, by name; at most as many as are asked for.</summary>
    public IReadOnlyList<User> FindByName(string keys, int max)
    {
        List<User> found = [];
        foreach (Entry entry in Range(_names, keys))
        {
            if (!found.Contains(entry.User))
            {
                found.Add(entry.User);
            }
        }

        found.Sort(static (one, other) => StringComparer.OrdinalIgnoreCase.Compare(one.DisplayName, other.DisplayName));
        return found.Count > max ? found[..max] : found;
    }

    /// <summary>A name's words on the keys: from each word on to the end of the name, and from the last one over the end to the first.</summary>
    internal static IEnumerable<string> GetKeys(string name)
    {
        string[] words = [.. name.Split([' ', '-', '.', ',', '\'', '’'], StringSplitOptions.RemoveEmptyEntries).Select(ToKeys).Where(static word => word.Length > 0)];
        for (int i = 0; i < words.Length; i++)
        {
            yield return string.Concat(words[i..].Concat(words[..i]));
        }
    }

    private static string ToKeys(string word)
    {
        Span<char> keys = stackalloc char[64];
        int count = 0;
        foreach (char c in word)
        {
            char lower = char.ToLowerInvariant(c);
            foreach (char letter in s_letters.GetValueOrDefault(lower) ?? lower.ToString())
            {
                if (count < keys.Length && (Vanity.TryGetDigit(letter, out char digit) || (char.IsAsciiDigit(letter) && (digit = letter) != '\0')))
                {
                    keys[count++] = digit;
                }
            }
        }

        return new string(keys[..count]);
    }

    private static Entry[] Sort(IEnumerable<Entry> entries)
    {
        Entry[] sorted = [.. entries];
        Array.Sort(sorted, static (one, other) => string.CompareOrdinal(one.Key, other.Key));
        return sorted;
    }

    /// <summary>Those whose key begins so.</summary>
    private static ReadOnlySpan<Entry> Range(Entry[] sorted, string prefix)
    {
        int first = 0;
        for (int end = sorted.Length; first < end;)
        {
            int middle = (first + end) / 2;
            (first, end) = string.CompareOrdinal(sorted[middle].Key, prefix) < 0 ? (middle + 1, end) : (first, middle);
        }

        int last = first;
        while (last < sorted.Length && sorted[last].Key.StartsWith(prefix, StringComparison.Ordinal))
        {
            last++;
        }

        return sorted.AsSpan(first..last);
    }

    private readonly record struct Entry(string Key, User User);
}
