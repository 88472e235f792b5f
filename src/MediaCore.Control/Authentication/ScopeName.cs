namespace MediaCore.Control.Authentication;

/// <summary>Scopes as they are written: <c>read</c>, <c>control</c>, <c>admin</c>.</summary>
public static class ScopeName
{
    /// <summary>The names, from the least to the most.</summary>
    public static IReadOnlyList<string> All { get; } = ["read", "control", "admin"];

    /// <summary>The name of a scope.</summary>
    public static string Of(ControlScope scope) => scope == ControlScope.None ? "none" : All[(int)scope - 1];

    /// <summary>The scope of a name.</summary>
    public static bool TryParse(string? name, out ControlScope scope)
    {
        int index = name is null ? -1 : All.Index().Where(each => each.Item == name).Select(static each => each.Index).FirstOrDefault(-1);
        scope = (ControlScope)(index + 1);
        return index >= 0;
    }
}
