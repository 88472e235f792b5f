using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.LoadTests.Calls;

/// <summary>A call with its ends; the place is used again by the next. Owned by the thread that signals.</summary>
internal sealed class LoadCall
{
    public LoadCall(int slot)
    {
        Slot = slot;
        Timer = new CallTimer(this, null);
        First = new CalleeLeg(this, isTarget: false);
        Second = new CalleeLeg(this, isTarget: true);
    }

    /// <summary>Its place among those that are up at once.</summary>
    public int Slot { get; }

    public CallName Name { get; private set; }

    public CallTimer Timer { get; }

    public CalleeLeg First { get; }

    /// <summary>Whom it is transferred to.</summary>
    public CalleeLeg Second { get; }

    public Scenario Scenario { get; private set; } = null!;

    public ScenarioTotals Totals { get; private set; } = null!;

    /// <summary>The second in which it was to begin.</summary>
    public BegunSecond Begun { get; private set; } = null!;

    /// <summary>Which step of the scenario it is at.</summary>
    public int StepIndex { get; set; }

    public ScenarioStep Step => Scenario.Steps[StepIndex];

    public CallStage Stage { get; set; }

    /// <summary>When it was to begin, whenever it did: what its times are measured from.</summary>
    public Timestamp IntendedAt { get; private set; }

    /// <summary>What the generator has added to its set-up: it began late, let an answer wait for its turn, or its callee rang.</summary>
    public TimeSpan Held { get; set; }

    /// <summary>When its last request was first sent.</summary>
    public Timestamp AskedAt { get; set; }

    /// <summary>The pump's pass after which all that was sent has been counted.</summary>
    public long LastPass { get; set; }

    /// <summary>The request that waits for its final response; it is sent again until then (RFC 3261 §17.1).</summary>
    public KeptMessage Request { get; } = new();

    public SipMethod Method { get; set; }

    public uint CSeq { get; set; }

    public int Retransmissions { get; set; }

    /// <summary>Whether its request has a provisional answer: an INVITE is not sent again then.</summary>
    public bool IsProceeding { get; set; }

    /// <summary>Whether it rang.</summary>
    public bool HasRung { get; set; }

    /// <summary>Whether it was answered.</summary>
    public bool IsAnswered { get; set; }

    public bool IsOnHold { get; set; }

    /// <summary>Whether the transfer has come about.</summary>
    public bool IsTransferred { get; set; }

    /// <summary>Whether the server has ended the caller's side after a transfer.</summary>
    public bool IsLeft { get; set; }

    /// <summary>Version of its description.</summary>
    public int Version { get; set; }

    /// <summary>Value of To of the answer.</summary>
    public KeptMessage RemoteTo { get; } = new();

    /// <summary>Where requests in the dialog go.</summary>
    public KeptMessage RemoteTarget { get; } = new();

    public RtpStream? CallerStream { get; set; }

    public RtpStream? CalleeStream { get; set; }

    /// <summary>The account that registers.</summary>
    public LoadAccount? Account { get; set; }

    public void Begin(Scenario scenario, ScenarioTotals totals, BegunSecond begun, Timestamp intendedAt)
    {
        Scenario = scenario;
        Totals = totals;
        Begun = begun;
        IntendedAt = intendedAt;
        Name = new CallName(scenario.IsTranscoded ? CallName.Transcoded : CallName.Relayed, Slot, (Name.Generation + 1) % CallName.Generations);
        StepIndex = 0;
        CSeq = 0;
        IsProceeding = HasRung = IsAnswered = IsOnHold = IsTransferred = IsLeft = false;
        Version = 0;
        LastPass = 0;
        RemoteTo.Clear();
        RemoteTarget.Clear();
        First.Reset();
        Second.Reset();
        CallerStream = CalleeStream = null;
        Account = null;
    }
}
