using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MediaCore.Engine.Recordings;

/// <summary>
/// The pattern of recordings' names: text with <c>{date}</c> (2026-11-23), <c>{year}</c>, <c>{month}</c>, <c>{day}</c>, <c>{hour}</c> (UTC, of the recording's beginning), <c>{call}</c> and
/// <c>{leg}</c>; slashes make folders. There is nothing else to put in, so no phone number can get into a name.
/// </summary>
public sealed class RecordingPath
{
    private readonly string _pattern;

    private RecordingPath(string pattern) => _pattern = pattern;

    /// <summary>A folder for each day.</summary>
    public static RecordingPath Default { get; } = new("{date}/{call}-{leg}");

    /// <summary>The pattern as written.</summary>
    public string Pattern => _pattern;

    /// <summary>Reads a pattern; false, with what to do about it, when it could name two recordings alike or leads out of the directory.</summary>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out RecordingPath? path, out string problem)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        path = null;
        problem = "";
        StringBuilder fixedText = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '{')
            {
                fixedText.Append(pattern[i]);
                continue;
            }

            int end = pattern.IndexOf('}', i);
            if (end < 0 || !TryExpand(pattern.AsSpan(i + 1, end - i - 1), default, "", 0, new StringBuilder()))
            {
                problem = "holds a \"{\" that begins none of {date}, {year}, {month}, {day}, {hour}, {call} and {leg}";
                return false;
            }

            fixedText.Append('x');
            i = end;
        }

        string shape = fixedText.ToString();
        if (!pattern.Contains("{call}", StringComparison.Ordinal))
        {
            problem = "has to hold {call}, or recordings of different calls would have one name";
        }
        else if (pattern.Length > RecordingLimits.MaxPathCharacters / 2 || shape.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/')))
        {
            problem = "may hold letters, digits, \"-\", \"_\", \".\" and \"/\" beside the parts in braces";
        }
        else if (shape.Split('/').Any(static part => part.Length == 0 || part[0] == '.'))
        {
            problem = "has a folder or file without a name, or one that begins with a dot";
        }

        path = problem.Length == 0 ? new RecordingPath(pattern) : null;
        return path is not null;
    }

    /// <summary>The path of a recording below the directory, without the ending.</summary>
    /// <param name="callId">Identifier of the call; what is not fit for a name becomes <c>_</c>.</param>
    /// <param name="leg">Number of the leg in its call.</param>
    /// <param name="startedAt">When it began.</param>
    public string Expand(string callId, int leg, DateTimeOffset startedAt)
    {
        StringBuilder path = new();
        for (int i = 0; i < _pattern.Length; i++)
        {
            if (_pattern[i] == '{')
            {
                int end = _pattern.IndexOf('}', i);
                _ = TryExpand(_pattern.AsSpan(i + 1, end - i - 1), startedAt.UtcDateTime, callId, leg, path);
                i = end;
            }
            else
            {
                path.Append(_pattern[i]);
            }
        }

        return path.ToString();
    }

    private static bool TryExpand(ReadOnlySpan<char> name, DateTime at, string callId, int leg, StringBuilder path)
    {
        string? format = name switch
        {
            "date" => "yyyy-MM-dd",
            "year" => "yyyy",
            "month" => "MM",
            "day" => "dd",
            "hour" => "HH",
            _ => null,
        };

        if (format is not null)
        {
            path.Append(at.ToString(format, CultureInfo.InvariantCulture));
            return true;
        }

        if (name is "leg")
        {
            path.Append(leg);
            return true;
        }

        if (name is not "call")
        {
            return false;
        }

        foreach (char c in callId.AsSpan(0, Math.Min(callId.Length, RecordingLimits.MaxIdentifierCharacters)))
        {
            path.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_');
        }

        return true;
    }
}
