using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;

namespace MediaCore.Server.Configuration;

/// <summary>
/// A rate sheet: lines of <c>prefix,trunk,cost[,priority[,weight]]</c>, read one after the other, with or without a heading that begins with "prefix".
/// Empty lines and those that begin with # are passed over. Every mistake is noted with its line, up to <see cref="MaxErrors"/>.
/// </summary>
internal sealed class RateFile
{
    /// <summary>Mistakes noted of one file; more of the same kind say nothing new.</summary>
    public const int MaxErrors = 20;

    /// <summary>Longest line; a safeguard against a file that is something else.</summary>
    public const int MaxLineCharacters = 1024;

    /// <summary>Largest file: the entries that a sheet may have, at 64 bytes each.</summary>
    public const long MaxFileBytes = RateSheet.MaxEntries * 64L;

    private readonly SectionReader _route;
    private readonly string _name;
    private readonly IReadOnlyList<TrunkSettings> _trunks;
    private readonly List<string> _used = [];
    private readonly List<RateEntry> _entries = [];
    private int _errors;

    private RateFile(SectionReader route, string name, IReadOnlyList<TrunkSettings> trunks)
    {
        _route = route;
        _name = name;
        _trunks = trunks;
    }

    /// <summary>Reads the file that <c>rates</c> of a route names; null after an error.</summary>
    public static RateSheet? Read(SectionReader route, string path, IReadOnlyList<TrunkSettings> trunks)
    {
        var file = new RateFile(route, Path.GetFileName(path), trunks);
        try
        {
            var information = new FileInfo(path);
            if (information.Exists && information.Length > MaxFileBytes)
            {
                file.Error(0, $"has {information.Length} bytes; a rate sheet has at most {MaxFileBytes}");
                return null;
            }

            using var reader = new StreamReader(path, Encoding.UTF8);
            return file.Read(reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Error(0, $"cannot be read: {e.Message}");
            return null;
        }
    }

    private RateSheet? Read(StreamReader reader)
    {
        int number = 0;
        while (_errors < MaxErrors && reader.ReadLine() is { } line)
        {
            number++;
            ReadLine(line, number);
            if (_entries.Count > RateSheet.MaxEntries)
            {
                Error(number, $"a rate sheet has at most {RateSheet.MaxEntries} lines");
                return null;
            }
        }

        if (_entries.Count == 0 && _errors == 0)
        {
            Error(0, "has no rates; a line is prefix,trunk,cost");
        }

        RateEntry[] entries = [.. _entries];
        Array.Sort(entries, static (a, b) => a.Prefix != b.Prefix ? a.Prefix.CompareTo(b.Prefix) : a.Trunk != b.Trunk ? a.Trunk.CompareTo(b.Trunk) : a.Line.CompareTo(b.Line));
        for (int i = 1; i < entries.Length && _errors < MaxErrors; i++)
        {
            if (entries[i].Prefix == entries[i - 1].Prefix && entries[i].Trunk == entries[i - 1].Trunk)
            {
                Error(entries[i].Line, $"prefix {RatePrefix.Format(entries[i].Prefix)} of trunk \"{_used[entries[i].Trunk]}\" stands in line {entries[i - 1].Line} already");
            }
        }

        return _errors > 0 ? null : new RateSheet(_used, entries);
    }

    private void ReadLine(string line, int number)
    {
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        if (text.Length > MaxLineCharacters)
        {
            Error(number, $"has more than {MaxLineCharacters} characters");
            return;
        }

        if (text.IsEmpty || text[0] == '#' || (number == 1 && text.StartsWith("prefix", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        Span<Range> fields = stackalloc Range[7];
        int count = text.Split(fields, ',', StringSplitOptions.TrimEntries);
        if (count is < 3 or > 5)
        {
            Error(number, "is not prefix,trunk,cost[,priority[,weight]]");
            return;
        }

        Span<byte> prefixText = stackalloc byte[64];
        ReadOnlySpan<char> digits = text[fields[0]];
        ulong prefix = 0;
        if (!Encoding.UTF8.TryGetBytes(digits, prefixText, out int length) || !RatePrefix.TryParse(prefixText[..length], out prefix))
        {
            Error(number, $"\"{digits}\" is no prefix; it has at most {RatePrefix.MaxDigits} digits, with or without a plus before them, or is empty for all numbers");
        }

        int trunk = FindTrunk(text[fields[1]], number);
        if (!decimal.TryParse(text[fields[2]], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal cost) || cost > 1_000_000)
        {
            Error(number, $"\"{text[fields[2]]}\" is no cost; write a number, as 0.0125");
            cost = 0;
        }

        ushort priority = count > 3 ? ReadRank(text[fields[3]], number) : (ushort)1;
        ushort weight = count > 4 ? ReadRank(text[fields[4]], number) : (ushort)1;
        _entries.Add(new RateEntry(prefix, (long)(cost * 1_000_000), number, (ushort)Math.Max(trunk, 0), priority, weight));
    }

    private int FindTrunk(ReadOnlySpan<char> name, int line)
    {
        for (int i = 0; i < _used.Count; i++)
        {
            if (name.SequenceEqual(_used[i]))
            {
                return i;
            }
        }

        string text = name.ToString();
        TrunkSettings? trunk = _trunks.FirstOrDefault(t => t.Name == text);
        if (trunk is null)
        {
            string hint = KeySuggestion.Find(text, _trunks.Select(static t => t.Name)) is { } near ? $"; did you mean \"{near}\"?" : "";
            Error(line, $"there is no trunk named \"{text}\"{hint}");
            return -1;
        }

        if (trunk.Targets.Count == 0)
        {
            Error(line, $"trunk \"{text}\" has no targets to send calls to");
            return -1;
        }

        if (_used.Count == RateSheet.MaxTrunks)
        {
            Error(line, $"a rate sheet names at most {RateSheet.MaxTrunks} trunks");
            return -1;
        }

        _used.Add(text);
        return _used.Count - 1;
    }

    private ushort ReadRank(ReadOnlySpan<char> text, int line)
    {
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort value))
        {
            Error(line, $"\"{text}\" is no priority or weight (0 to {TargetRank.Max})");
        }

        return value;
    }

    private void Error(int line, string message)
    {
        if (++_errors <= MaxErrors)
        {
            _route.Error("rates", _name, line, message);
        }
    }
}
