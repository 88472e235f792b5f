namespace MediaCore.Sip.Transactions;

/// <summary>
/// The timer values of RFC 3261 §17 (table 4) and RFC 6026. T1, T2 and T4 are the base; the others are derived from them as the RFCs
/// say unless set one by one. Immutable; one instance serves any number of transactions.
/// </summary>
/// <remarks>
/// Values are positive. A T1 above 500 ms is meant for links with a longer round trip (§17.1.1.1); one below it makes the server send
/// more than the RFC lets it over the public Internet and is for private networks and tests.
/// </remarks>
public sealed record TransactionTimers
{
    /// <summary>How many T1 a transaction waits before it gives up (§17.1.1.2): enough for seven sendings of an INVITE.</summary>
    public const int TimeoutInT1 = 64;

    /// <summary>The values of RFC 3261: T1 = 500 ms, T2 = 4 s, T4 = 5 s.</summary>
    public static TransactionTimers Default { get; } = new();

    private readonly TimeSpan? _ackTimeout;
    private readonly TimeSpan? _timerB;
    private readonly TimeSpan? _timerD;
    private readonly TimeSpan? _timerF;
    private readonly TimeSpan? _timerH;
    private readonly TimeSpan? _timerI;
    private readonly TimeSpan? _timerJ;
    private readonly TimeSpan? _timerK;
    private readonly TimeSpan? _timerL;
    private readonly TimeSpan? _timerM;

    /// <summary>Round-trip time estimate; first interval of timers A, E and G. 500 ms.</summary>
    public TimeSpan T1 { get; init => field = Positive(value); } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest interval between retransmissions of a non-INVITE request or of a response to INVITE. 4 s.</summary>
    public TimeSpan T2 { get; init => field = Positive(value); } = TimeSpan.FromSeconds(4);

    /// <summary>Longest time that a message stays in the network. 5 s.</summary>
    public TimeSpan T4 { get; init => field = Positive(value); } = TimeSpan.FromSeconds(5);

    /// <summary>INVITE client timeout, 64·T1.</summary>
    public TimeSpan TimerB { get => _timerB ?? Timeout; init => _timerB = Positive(value); }

    /// <summary>Wait for retransmitted 300–699 on unreliable transports: at least 32 s (§17.1.1.2), and not below 64·T1, the peer's timer H.</summary>
    public TimeSpan TimerD { get => _timerD ?? Max(TimeSpan.FromSeconds(32), Timeout); init => _timerD = Positive(value); }

    /// <summary>Non-INVITE client timeout, 64·T1.</summary>
    public TimeSpan TimerF { get => _timerF ?? Timeout; init => _timerF = Positive(value); }

    /// <summary>How long a final response to INVITE is repeated while its ACK is missing (§13.3.1.4 for 2xx, timer H for the others), 64·T1.</summary>
    public TimeSpan AckTimeout { get => _ackTimeout ?? Timeout; init => _ackTimeout = Positive(value); }

    /// <summary>Wait for the ACK to 300–699, as long as <see cref="AckTimeout"/>.</summary>
    public TimeSpan TimerH { get => _timerH ?? AckTimeout; init => _timerH = Positive(value); }

    /// <summary>Wait for ACK retransmissions on unreliable transports, T4.</summary>
    public TimeSpan TimerI { get => _timerI ?? T4; init => _timerI = Positive(value); }

    /// <summary>Wait for request retransmissions on unreliable transports, 64·T1.</summary>
    public TimeSpan TimerJ { get => _timerJ ?? Timeout; init => _timerJ = Positive(value); }

    /// <summary>Wait for response retransmissions on unreliable transports, T4.</summary>
    public TimeSpan TimerK { get => _timerK ?? T4; init => _timerK = Positive(value); }

    /// <summary>Time that the INVITE server stays in Accepted, 64·T1, on every transport.</summary>
    public TimeSpan TimerL { get => _timerL ?? Timeout; init => _timerL = Positive(value); }

    /// <summary>Time that the INVITE client stays in Accepted, 64·T1, on every transport.</summary>
    public TimeSpan TimerM { get => _timerM ?? Timeout; init => _timerM = Positive(value); }

    /// <summary>64·T1, the default of most timers above.</summary>
    public TimeSpan Timeout => T1 * TimeoutInT1;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left >= right ? left : right;

    private static TimeSpan Positive(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        return value;
    }
}
