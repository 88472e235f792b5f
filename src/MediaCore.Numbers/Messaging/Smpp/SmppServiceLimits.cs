namespace MediaCore.Numbers.Messaging.Smpp;

/// <summary>Bounds of what is spoken over SMPP.</summary>
public static class SmppServiceLimits
{
    /// <summary>Connections of programs at once; one more is closed. An operator has tens of them.</summary>
    public const int MaxConnections = 200;

    /// <summary>Connections from one address at once; with the wait after a refused bind, passwords can be tried ten times a second.</summary>
    public const int MaxConnectionsPerAddress = 10;

    /// <summary>Octets that are read at once.</summary>
    public const int ReadOctets = 16 * 1024;

    /// <summary>PDUs that wait to be written beside those of both windows; a peer that does not read is let go.</summary>
    public const int MaxQueuedPdus = 256;

    /// <summary>Rows that are looked for at once, for one program.</summary>
    public const int BatchRows = 100;

    /// <summary>How long a refused bind waits for its answer.</summary>
    public static readonly TimeSpan RefusedBindDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long connecting and the handshake of TLS may take.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    /// <summary>How long what was written last may take to leave, and an unbind to be answered, before the connection is closed.</summary>
    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(3);

    /// <summary>How often messages and receipts for programs are looked for.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How far back messages that came in are looked for; what is found is noted at once, whether the program is there or not, so this spans only what others of our nodes took while this one was down.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromHours(1);

    /// <summary>How long a message or receipt is kept for a program that is away.</summary>
    public static readonly TimeSpan KeepTime = TimeSpan.FromDays(7);

    /// <summary>How long a node may take to bring one message or receipt, all parts of it; then another may.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromMinutes(1);

    /// <summary>First wait before something that a program did not take now is brought again; it doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public static readonly TimeSpan MinRetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait before it is brought again.</summary>
    public static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(10);
}
