using System.Text.Json;

namespace MediaCore.Engine.CallRecords;

/// <summary>
/// The names of the closed sets in records, the database, metrics and logs: the member's name in snake_case, so <c>no_answer</c> for
/// <see cref="CallEndReason.NoAnswer"/>.
/// </summary>
public static class CallEndNames
{
    private static readonly string[] Reasons = Names<CallEndReason>();
    private static readonly string[] Sides = Names<CallEndSide>();
    private static readonly string[] Kinds = Names<TransferKind>();

    /// <summary>Name of a reason; <c>unknown</c> for a value outside the set.</summary>
    public static string Of(CallEndReason reason) => (int)reason < Reasons.Length ? Reasons[(int)reason] : "unknown";

    /// <summary>Name of a side; <c>unknown</c> for a value outside the set.</summary>
    public static string Of(CallEndSide side) => (int)side < Sides.Length ? Sides[(int)side] : "unknown";

    /// <summary>Name of a kind of transfer; <c>unknown</c> for a value outside the set.</summary>
    public static string Of(TransferKind kind) => (int)kind < Kinds.Length ? Kinds[(int)kind] : "unknown";

    /// <summary>The kind of transfer of that name.</summary>
    public static bool TryParse(string? name, out TransferKind kind)
    {
        int index = Array.IndexOf(Kinds, name);
        kind = index < 0 ? TransferKind.Blind : (TransferKind)index;
        return index >= 0;
    }

    /// <summary>The reason of that name.</summary>
    public static bool TryParse(string? name, out CallEndReason reason)
    {
        int index = Array.IndexOf(Reasons, name);
        reason = index < 0 ? CallEndReason.None : (CallEndReason)index;
        return index >= 0;
    }

    /// <summary>The side of that name.</summary>
    public static bool TryParse(string? name, out CallEndSide side)
    {
        int index = Array.IndexOf(Sides, name);
        side = index < 0 ? CallEndSide.None : (CallEndSide)index;
        return index >= 0;
    }

    // The members number 0, 1, 2 … in all three enums, so a name's index is its value; a test holds on to that.
    private static string[] Names<TEnum>()
        where TEnum : struct, Enum
        => Array.ConvertAll(Enum.GetNames<TEnum>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
