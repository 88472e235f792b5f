using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Calls;

/// <summary>What is noted of a call for one tenant: variables, language, tags and the decisions.</summary>
internal sealed class CallNotes
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<CallTraceLine> _trace = [];
    private readonly List<string> _tags = [];
    private readonly List<CallWaypoint> _path = [];

    /// <summary>Language of what is played.</summary>
    public string Language { get; set; } = "en";

    /// <summary>The variables.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables;

    /// <summary>The decisions.</summary>
    public IReadOnlyList<CallTraceLine> Lines => _trace;

    /// <summary>What it came through.</summary>
    public IReadOnlyList<CallWaypoint> Path => _path;

    /// <summary>The tags.</summary>
    public IReadOnlyList<string> Tags => _tags;

    /// <summary>Sets a variable; false where there is no room for it.</summary>
    public bool SetVariable(string name, string value)
    {
        if (!_variables.ContainsKey(name) && _variables.Count >= ControlLimits.MaxVariables)
        {
            return false;
        }

        _variables[name] = value;
        return true;
    }

    /// <summary>Notes a word; false where there is no room for it.</summary>
    public bool Tag(string word)
    {
        if (_tags.Contains(word, StringComparer.Ordinal))
        {
            return true;
        }

        if (_tags.Count >= CallDirectorLimits.MaxTags)
        {
            return false;
        }

        _tags.Add(word);
        return true;
    }

    /// <summary>Notes what it comes through.</summary>
    public void Pass(DateTimeOffset at, string kind, string name)
    {
        if (_path.Count < CallDirectorLimits.MaxWaypoints)
        {
            _path.Add(new CallWaypoint(at, kind, name));
        }
    }

    /// <summary>Notes a decision.</summary>
    public void Trace(DateTimeOffset at, string kind, string text)
    {
        if (_trace.Count < CallDirectorLimits.MaxTraceLines)
        {
            _trace.Add(new CallTraceLine(at, kind, text));
        }
    }
}
