using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;

namespace MediaCore.Engine.Calls;

/// <summary>
/// What a call has for its controller: who that is, what it has under way, its variables. Made when a plan comes to an application or the first command needs it; a call that nobody controls has none. Owned by its shard, bounded by
/// <see cref="ControlLimits"/>.
/// </summary>
internal sealed class ControlledCall : ITimerOwner
{
    private readonly BackToBackUserAgent _calls;
    private readonly List<OpenCommand> _open = [];
    private readonly List<ControlledLeg> _legs = [];
    private Dictionary<string, string>? _variables;
    private int _variableChars;
    private CallIdentities? _formerIdentities;

    public ControlledCall(BackToBackUserAgent calls, Call call)
    {
        _calls = calls;
        Call = call;
        OfferTimer = new OwnedTimer(this);
        TalkTimer = new OwnedTimer(this);
    }

    public Call Call { get; }

    /// <summary>The application that it was offered to; null for none.</summary>
    public string? Application { get; set; }

    /// <summary>Who controls it; null for nobody.</summary>
    public string? Controller { get; set; }

    /// <summary>Under which epoch it was claimed last; kept after a release, so that a session that was replaced cannot come back under an old one.</summary>
    public long LastEpoch { get; set; }

    /// <summary>Who claimed it last. A released call may go to somebody else under any epoch: epochs say which session of one controller is the later one, not which controller.</summary>
    public string? LastController { get; set; }

    /// <summary>The epoch that commands have to have; 0 where nobody controls it.</summary>
    public long Epoch => Controller is null ? 0 : LastEpoch;

    /// <summary>It is offered, and nobody has claimed it.</summary>
    public bool IsOffered { get; set; }

    /// <summary>The controller decides what comes next: neither a plan's end nor a party's hanging up ends the call.</summary>
    public bool Decides { get; set; }

    /// <summary>The caller, not answered yet, was given our description and can be played to.</summary>
    public bool HasEarlySound { get; set; }

    /// <summary>The plan that led to the application, and the step of the offer; null for a call that was claimed otherwise.</summary>
    public (RoutePlan Plan, int Step)? Former { get; set; }

    /// <summary>The command by which the caller is being answered, until his ACK.</summary>
    public OpenCommand? Answering { get; set; }

    /// <summary>The question of the control plane that it waits for; null for none.</summary>
    public RouteRequested? Requested { get; set; }

    /// <summary>How often the control plane was asked what to do with it.</summary>
    public int Questions { get; set; }

    /// <summary>Headers of the INVITE that the offer shows.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; set; } = [];

    /// <summary>Ends the offer.</summary>
    public OwnedTimer OfferTimer { get; }

    /// <summary>Ends the talk with a party that was dialled for a time.</summary>
    public OwnedTimer TalkTimer { get; }

    /// <summary>What is being dialled; null for nothing.</summary>
    public DialOperation? Dial { get; set; }

    /// <summary>From of the legs as the caller is presented, while a dial presents another; empty otherwise.</summary>
    public byte[] FormerCaller { get; private set; } = [];

    /// <summary>The commands that have not ended, in their order.</summary>
    public IReadOnlyList<OpenCommand> Open => _open;

    /// <summary>The variables; null while there was none.</summary>
    public IReadOnlyDictionary<string, string>? Variables => _variables;

    /// <summary>The legs that something was played to or gathered from.</summary>
    public IReadOnlyList<ControlledLeg> Legs => _legs;

    /// <summary>What a leg has; null for nothing.</summary>
    public ControlledLeg? FindLeg(Leg leg)
    {
        foreach (ControlledLeg known in _legs)
        {
            if (ReferenceEquals(known.Leg, leg))
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>What a leg has, made when there was nothing.</summary>
    public ControlledLeg GetLeg(Leg leg)
    {
        if (FindLeg(leg) is { } known)
        {
            return known;
        }

        var made = new ControlledLeg(_calls, leg);
        _legs.Add(made);
        return made;
    }

    /// <summary>The leg is over.</summary>
    public void Forget(ControlledLeg leg) => _legs.Remove(leg);

    /// <summary>Keeps a command until it ends.</summary>
    public void Add(OpenCommand open) => _open.Add(open);

    /// <summary>False when it has ended before.</summary>
    public bool Remove(OpenCommand open) => _open.Remove(open);

    /// <summary>The open command of that identifier; null for none.</summary>
    public OpenCommand? Find(string commandId)
    {
        foreach (OpenCommand open in _open)
        {
            if (open.Command.CommandId == commandId)
            {
                return open;
            }
        }

        return null;
    }

    /// <summary>Sets a variable or takes it away; false when there is no room for it.</summary>
    public bool TrySetVariable(string name, string? value)
    {
        _variables ??= new Dictionary<string, string>(StringComparer.Ordinal);
        int freed = _variables.TryGetValue(name, out string? former) ? name.Length + former.Length : 0;
        int taken = value is null ? 0 : name.Length + value.Length;
        if (_variableChars - freed + taken > ControlLimits.MaxVariableChars || (value is not null && former is null && _variables.Count >= ControlLimits.MaxVariables))
        {
            return false;
        }

        _variableChars += taken - freed;
        if (value is null)
        {
            _variables.Remove(name);
        }
        else
        {
            _variables[name] = value;
        }

        return true;
    }

    /// <summary>Keeps how the caller is presented.</summary>
    public void SaveCaller()
    {
        if (FormerCaller.Length == 0)
        {
            FormerCaller = Call.CallerAddress.Span.ToArray();
            _formerIdentities = Call.Identities;
        }
    }

    /// <summary>Presents the caller again.</summary>
    public void RestoreCaller()
    {
        if (FormerCaller.Length > 0)
        {
            Call.CallerAddress.Set(FormerCaller);
            Call.Identities = _formerIdentities;
            FormerCaller = [];
            _formerIdentities = null;
        }
    }

    /// <inheritdoc/>
    public void OnTimer(OwnedTimer timer) => _calls.OnControlTimer(this, timer);
}
