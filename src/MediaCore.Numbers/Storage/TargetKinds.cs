using System.Text.Json;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Numbers.Storage;

/// <summary>Names of <see cref="NumberTargetKind"/> in the database and on the command line: snake_case.</summary>
public static class TargetKinds
{
    internal const string Account = "account";

    private static readonly string[] Names = Array.ConvertAll(Enum.GetNames<NumberTargetKind>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);

    /// <summary>The name.</summary>
    public static string Of(NumberTargetKind kind) => Names[(int)kind];

    /// <summary>The kind of that name.</summary>
    public static bool TryParse(string name, out NumberTargetKind kind)
    {
        int index = Array.IndexOf(Names, name);
        kind = (NumberTargetKind)Math.Max(index, 0);
        return index >= 0;
    }
}
