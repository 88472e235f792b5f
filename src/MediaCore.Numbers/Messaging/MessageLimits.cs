namespace MediaCore.Numbers.Messaging;

/// <summary>Bounds of messages.</summary>
public static class MessageLimits
{
    /// <summary>Characters of one message: ten parts of UCS-2 and a few; what carriers take at most (1,600 at the large ones).</summary>
    public const int MaxCharacters = 1_600;

    /// <summary>Parts of one message: what <see cref="MaxCharacters"/> of emoji come to.</summary>
    public const int MaxParts = 30;

    /// <summary>Files of an MMS, as carriers have it.</summary>
    public const int MaxMedia = 10;

    /// <summary>Bytes of all files of an MMS: 5 MB is the most that carriers' interfaces take.</summary>
    public const long MaxMediaBytes = 5 * 1024 * 1024;

    /// <summary>Characters of a key: those of an idempotency key of the API.</summary>
    public const int MaxKeyCharacters = 128;

    /// <summary>Characters of a carrier's identifier; SMPP 3.4 §5.2.23 has 65 octets, HTTP interfaces somewhat more.</summary>
    public const int MaxProviderIdCharacters = 128;

    /// <summary>Characters of a carrier's word for what went wrong that are kept.</summary>
    public const int MaxErrorCharacters = 200;

    /// <summary>Characters of a party: an address of record may be as long.</summary>
    public const int MaxPartyCharacters = 128;

    /// <summary>Receipts that wait for the answer that names them; beyond it the carrier is told to bring them again.</summary>
    public const int MaxEarlyReceipts = 10_000;

    /// <summary>Automatic answers to one peer in a minute: STOP and START right after it, and no more, so that two machines cannot answer each other for ever.</summary>
    public const int MaxRepliesPerMinute = 2;

    /// <summary>Messages of one number in a second: what carriers give a long number (1), rounded up for short bursts of parts (10).</summary>
    public const int NumberBurst = 10;

    /// <summary>Parts that are looked at in one go.</summary>
    public const int BatchParts = 50;

    /// <summary>Attempts by one carrier before the next of the route is tried.</summary>
    public const int AttemptsPerCarrier = 3;

    /// <summary>How often a write is repeated that another server's write of the same row has overtaken.</summary>
    public const int MaxWriteAttempts = 10;

    /// <summary>How long a receipt waits for the answer that names it.</summary>
    public static readonly TimeSpan ReceiptPatience = TimeSpan.FromSeconds(60);

    /// <summary>How long a message is worth sending that says nothing else: three days, as most centres have it.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromDays(3);

    /// <summary>The longest validity and the furthest time of sending that can be asked for.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(35);

    /// <summary>How long a carrier may take for its answer.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);

    /// <summary>How long a server has a part in its hands; longer than <see cref="AnswerTime"/> with what writing the answer takes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>The first wait after "not now"; doubled each time.</summary>
    public static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan MaxBackOff = TimeSpan.FromMinutes(10);

    /// <summary>How long the end of a server waits for answers that are due.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(5);

    /// <summary>How often the database is asked for what is due; what this server was given goes at once.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
}
