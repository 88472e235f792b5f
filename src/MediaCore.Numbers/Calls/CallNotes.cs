using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Calls;

/// <summary>What is noted of a call for one tenant: variables, language, tags and the decisions.</summary>
internal sealed class CallNotes
{
    private static readonly ActivityResult s_cutOff = new(ActivityOutcome.Failed, "the server was gone in the middle of it");
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<CallTraceLine> _trace = [];
    private readonly List<string> _tags = [];
    private readonly List<CallWaypoint> _path = [];

    /// <summary>How often something was noted.</summary>
    public int Changes { get; private set; }

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

        Changes++;
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

        Changes++;
        _tags.Add(word);
        return true;
    }

    /// <summary>Notes what it comes through.</summary>
    public void Pass(DateTimeOffset at, string kind, string name)
    {
        if (_path.Count < CallDirectorLimits.MaxWaypoints)
        {
            Changes++;
            _path.Add(new CallWaypoint(at, kind, name));
        }
    }

    /// <summary>Notes a decision.</summary>
    public void Trace(DateTimeOffset at, string kind, string text)
    {
        if (_trace.Count < CallDirectorLimits.MaxTraceLines)
        {
            Changes++;
            _trace.Add(new CallTraceLine(at, kind, text));
        }
    }

    /// <summary>What is noted now, of a call that goes on: what it ends with is what holds should the server be gone before it does.</summary>
    /// <param name="facts">What is known of it.</param>
    /// <param name="configuration">Which configuration it goes by.</param>
    public CompletedCall Copy(CallFacts facts, long configuration)
        => new(facts, [.. _trace], new Dictionary<string, string>(_variables, StringComparer.Ordinal), s_cutOff, null) { Tags = [.. _tags], Path = [.. _path], Configuration = configuration };
}
