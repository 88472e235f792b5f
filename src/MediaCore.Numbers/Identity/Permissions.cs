namespace MediaCore.Numbers.Identity;

/// <summary>
/// Permissions are texts <c>resource:verb</c>, as <c>numbers:write</c>; <c>*</c> stands for every resource or every verb, and <c>write</c> includes <c>read</c>.
/// In rows they stand one a line.
/// </summary>
public static class Permissions
{
    /// <summary>Permissions of one role or key; more than there are resources and verbs.</summary>
    public const int MaxCount = 100;

    /// <summary>Characters of one.</summary>
    public const int MaxCharacters = 64;

    /// <summary>Roles that every new tenant has.</summary>
    public static IReadOnlyDictionary<string, string[]> Presets { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["owner"] = ["*:*"],
        ["admin"] = ["numbers:write", "plans:write", "menus:write", "schedules:write", "queues:write", "agents:write", "users:write", "keys:write", "voicemail:write", "messages:write", "webhooks:write", "records:write", "callers:read", "audit:read"],
        ["supervisor"] = ["queues:write", "agents:write", "records:read", "callers:read", "voicemail:read"],
        ["agent"] = ["queues:read", "agents:read", "messages:write"],
        ["analyst"] = ["records:read", "queues:read"],
        ["auditor"] = ["*:read"],
        ["developer"] = ["plans:write", "menus:write", "webhooks:write", "numbers:read", "records:read", "callers:read", "keys:read"],
    };

    /// <summary>Null, or what is wrong with a list of permissions.</summary>
    public static string? Check(IReadOnlyCollection<string> permissions)
    {
        if (permissions.Count is 0 or > MaxCount)
        {
            return $"1 to {MaxCount} permissions are needed.";
        }

        foreach (string permission in permissions)
        {
            int colon = permission.IndexOf(':');
            if (permission.Length > MaxCharacters || colon <= 0 || !IsWord(permission.AsSpan(0, colon)) || !IsWord(permission.AsSpan(colon + 1)))
            {
                return $"'{permission}' is no permission: write resource:verb, as numbers:write, with * for all.";
            }
        }

        return null;
    }

    /// <summary>Permissions as they stand in a row.</summary>
    public static string Join(IEnumerable<string> permissions) => string.Join('\n', permissions);

    /// <summary>Permissions of a row.</summary>
    public static string[] Split(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether one of <paramref name="held"/> (as it stands in a row) allows <paramref name="wanted"/>.</summary>
    public static bool Allow(string held, string wanted)
    {
        int colon = wanted.IndexOf(':');
        ReadOnlySpan<char> resource = wanted.AsSpan(0, colon);
        ReadOnlySpan<char> verb = wanted.AsSpan(colon + 1);
        foreach (Range line in held.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> one = held.AsSpan()[line];
            int at = one.IndexOf(':');
            if (at > 0
                && (one[..at] is "*" || one[..at].SequenceEqual(resource))
                && (one[(at + 1)..] is "*" || one[(at + 1)..].SequenceEqual(verb) || (one[(at + 1)..] is "write" && verb is "read")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those of <paramref name="wanted"/> that <paramref name="held"/> does not allow: nobody hands out more than he has.</summary>
    public static IReadOnlyList<string> Missing(string held, IEnumerable<string> wanted) => [.. wanted.Where(permission => !Allow(held, permission))];

    private static bool IsWord(ReadOnlySpan<char> word) => word is "*" || (word.Length > 0 && !word.ContainsAnyExceptInRange('a', 'z'));
}
