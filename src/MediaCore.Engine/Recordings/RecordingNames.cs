using System.Text.Json;

namespace MediaCore.Engine.Recordings;

/// <summary>The names of the closed sets in descriptions and records: the member's name in snake_case.</summary>
public static class RecordingNames
{
    private static readonly string[] Formats = Names<RecordingFormat>();
    private static readonly string[] Layouts = Names<RecordingLayout>();
    private static readonly string[] Statuses = Names<RecordingStatus>();

    /// <summary>Name of a format, as <c>wav_mu_law</c>.</summary>
    public static string Of(RecordingFormat format) => Formats[(int)format];

    /// <summary>Name of a layout.</summary>
    public static string Of(RecordingLayout layout) => Layouts[(int)layout];

    /// <summary>Name of a status.</summary>
    public static string Of(RecordingStatus status) => Statuses[(int)status];

    /// <summary>The format of that name; the first for one that this version does not know.</summary>
    public static RecordingFormat ParseFormat(string? name) => (RecordingFormat)Math.Max(0, Array.IndexOf(Formats, name));

    /// <summary>The layout of that name; the first for one that this version does not know.</summary>
    public static RecordingLayout ParseLayout(string? name) => (RecordingLayout)Math.Max(0, Array.IndexOf(Layouts, name));

    /// <summary>The status of that name; the first for one that this version does not know.</summary>
    public static RecordingStatus ParseStatus(string? name) => (RecordingStatus)Math.Max(0, Array.IndexOf(Statuses, name));

    private static string[] Names<TEnum>()
        where TEnum : struct, Enum
        => Array.ConvertAll(Enum.GetNames<TEnum>(), JsonNamingPolicy.SnakeCaseLower.ConvertName);
}
