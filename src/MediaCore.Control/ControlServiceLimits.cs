namespace MediaCore.Control;

/// <summary>Bounds of what clients of the control interface can make the server hold, and what happens at each.</summary>
public static class ControlServiceLimits
{
    /// <summary>Events that are kept for those who read slowly or come back; older ones are overrun, which is told. At 3,000 events a second (200 calls/s with 15 each) 20 s, a control plane's restart. A power of two.</summary>
    public const int MaxRetainedEvents = 65_536;

    /// <summary>Memory of those events, by estimate (<see cref="Publishing.EventEntry"/>); the oldest go first.</summary>
    public const long MaxRetainedBytes = 64L * 1024 * 1024;

    /// <summary>Streams of Events.Subscribe; one more is refused with RESOURCE_EXHAUSTED. Each looks at every event.</summary>
    public const int MaxSubscribers = 256;

    /// <summary>Streams of sound at once; one more is refused with RESOURCE_EXHAUSTED. A node's share of agents, and at most 1.4 MB each for sound that waits to be heard.</summary>
    public const int MaxAudioStreams = 1_000;

    /// <summary>Streams of sound of one controller: half, so that one that forgets to end them leaves room for others. As many as one connection has by default.</summary>
    public const int MaxAudioStreamsPerController = MaxAudioStreams / 2;

    /// <summary>Characters of a mark's name.</summary>
    public const int MaxMarkChars = 64;

    /// <summary>Controllers with a session, a lease or calls to come back to; one more is refused with RESOURCE_EXHAUSTED.</summary>
    public const int MaxControllers = 256;

    /// <summary>Commands of one session whose replies are not written; further ones are not read before.</summary>
    public const int MaxCommandsInFlight = 1_024;

    /// <summary>Commands that are remembered, of all controllers; the oldest are forgotten before their time: at 200 a second never. At most about 25 MB.</summary>
    public const int MaxRememberedCommands = 131_072;

    /// <summary>Applications of one session.</summary>
    public const int MaxApplications = 64;

    /// <summary>Calls that the answer to Open tells in full; of more their identifiers. Without variables a message of about 500 KB.</summary>
    public const int MaxOpenedCalls = 1_000;

    /// <summary>Bytes of the calls in one message, the answer to Open or a page of ListCalls: a client takes messages of 4 MiB where nobody has told it otherwise, and a call may have 64 variables.</summary>
    public const int MaxPageBytes = 1024 * 1024;

    /// <summary>Values of one field of a filter.</summary>
    public const int MaxFilterValues = 256;

    /// <summary>Calls that are over and whose belated events (recordings that were saved) still find their readers.</summary>
    public const int MaxEndedCalls = 8_192;

    /// <summary>Calls of one page while all are told.</summary>
    public const int SnapshotPageCalls = 200;

    /// <summary>Largest answer of a control plane that is asked: 64 variables and 10 destinations fit many times.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>How long a command is remembered (Telnyx' rule: repeat within ten minutes).</summary>
    public static readonly TimeSpan CommandMemory = TimeSpan.FromMinutes(10);

    /// <summary>How long the calls of a lost session wait for it, when it did not say.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(5);

    /// <summary>Longest such time.</summary>
    public static readonly TimeSpan MaxGrace = TimeSpan.FromMinutes(10);

    /// <summary>How long a controller without a session is held to be there after a command of it.</summary>
    public static readonly TimeSpan UnaryLease = TimeSpan.FromSeconds(30);

    /// <summary>How long events are kept going for a controller that was lost, after its calls have followed their policy.</summary>
    public static readonly TimeSpan ComeBackTime = TimeSpan.FromMinutes(10);

    /// <summary>How long a session or a stream of sound may take to say what it is.</summary>
    public static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(10);

    /// <summary>How long a client of a stream of sound may take to read what is left of it after its leg has ended.</summary>
    public static readonly TimeSpan AudioEndTime = TimeSpan.FromSeconds(10);

    /// <summary>Least sound that may wait for a reader of it: five frames.</summary>
    public static readonly TimeSpan MinAudioBuffer = TimeSpan.FromMilliseconds(100);
}
