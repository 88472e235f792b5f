using System.Text.Json;

namespace MediaCore.Numbers.Records;

/// <summary>The names of the closed sets in records: the member's name in snake_case, so <c>no_answer</c> for <see cref="CallDisposition.NoAnswer"/>.</summary>
public static class CallNames
{
    private static readonly string[] s_dispositions = Array.ConvertAll(Enum.GetNames<CallDisposition>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
    private static readonly string[] s_links = Array.ConvertAll(Enum.GetNames<CallLinkKind>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);

    /// <summary>All dispositions.</summary>
    public static IReadOnlyList<string> Dispositions => s_dispositions;

    /// <summary>Name of a disposition.</summary>
    public static string Of(CallDisposition disposition) => s_dispositions[(int)disposition];

    /// <summary>Name of a link.</summary>
    public static string Of(CallLinkKind link) => s_links[(int)link];
}
