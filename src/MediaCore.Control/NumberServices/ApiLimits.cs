namespace MediaCore.Control.NumberServices;

/// <summary>Bounds of the number service's API.</summary>
public static class ApiLimits
{
    /// <summary>Calls a second of one key or token, in the long run: a panel that asks for everything it shows stays below a tenth of it.</summary>
    public const int CallsPerSecond = 50;

    /// <summary>Calls at once before that holds.</summary>
    public const int BurstCalls = 200;

    /// <summary>Callers whose rate is remembered; beyond them all begin anew.</summary>
    public const int MaxCallers = 10_000;

    /// <summary>Rows of a page at most.</summary>
    public const int MaxPageRows = 1_000;

    /// <summary>Rows of a page when nothing is said.</summary>
    public const int DefaultPageRows = 50;

    /// <summary>Records of one exported file.</summary>
    public const int MaxExportRows = 10_000;

    /// <summary>Characters of an idempotency key; a UUID has 36.</summary>
    public const int MaxIdempotencyKeyCharacters = 128;

    /// <summary>Bytes of a page token: it holds a key of a row.</summary>
    public const int MaxPageTokenCharacters = 512;

    /// <summary>Bytes of one piece of a file, half of what every client takes by default, and no burden for the heap.</summary>
    public const int ChunkBytes = 64 * 1024;

    /// <summary>Bytes of a prompt's file: ten minutes of 16-bit sound at 16 kHz.</summary>
    public const int MaxPromptBytes = 20 * 1024 * 1024;

    /// <summary>Imports that run at once: each keeps its lines in memory.</summary>
    public const int MaxRunningImports = 4;

    /// <summary>Trunks that one tenant is allowed to; a carrier or two for each of its countries.</summary>
    public const int MaxTrunks = 100;

    /// <summary>Watches of queues at once: a hundred supervisors for each of ten call centres.</summary>
    public const int MaxWatches = 1_000;

    /// <summary>How long an answer is kept under its idempotency key.</summary>
    public static readonly TimeSpan AnswerMemory = TimeSpan.FromHours(24);

    /// <summary>After so long a call that has left no answer under its key is taken for lost with its server, and the key can be used again.</summary>
    public static readonly TimeSpan PendingTime = TimeSpan.FromMinutes(2);

    /// <summary>When to try again what a tenant's own rate has refused; the shortest of them counts a minute.</summary>
    public static readonly TimeSpan RateWait = TimeSpan.FromMinutes(1);
}
