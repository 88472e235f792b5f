using System.Collections.Frozen;

namespace MediaCore.Engine.Trunks;

/// <summary>What becomes of a redirection (3xx) that a trunk answers with.</summary>
public enum RedirectPolicy : byte
{
    /// <summary>The caller gets it, contacts and all.</summary>
    Pass,

    /// <summary>It is followed, as far as its contacts belong to trunks that it may name; what is left is refused.</summary>
    Follow,

    /// <summary>The caller gets 480: not reached this way. The 410 that RFC 3398 §7.2.4.1 has for cause 23 would say that the number is gone.</summary>
    Refuse,
}

/// <summary>What the caller gets for a trunk's final answers.</summary>
public sealed record TrunkAnswers
{
    /// <summary>As they come, redirections passed on.</summary>
    public static TrunkAnswers Default { get; } = new();

    /// <summary>Statuses (300 to 699) that are passed on as another.</summary>
    public FrozenDictionary<int, int> Statuses { get; init; } = FrozenDictionary<int, int>.Empty;

    /// <summary>The status follows from the Q.850 cause of the Reason header where there is one (RFC 3398 §7.2.4.1): gateways that answer 503 to everything.</summary>
    public bool StatusFromCause { get; init; }

    /// <summary>What becomes of 3xx.</summary>
    public RedirectPolicy Redirect { get; init; }

    /// <summary>Names of trunks, besides this one, that its redirections may name.</summary>
    public FrozenSet<string> RedirectTrunks { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The status for the caller.</summary>
    internal int Map(int status, int cause)
    {
        if (StatusFromCause && cause != 0 && MediaCore.Engine.Signalling.Q850.ToStatus(cause) is int meant && meant != 0)
        {
            // A 503 of ours would say that we are overloaded (RFC 3261 §16.7).
            status = meant == 503 ? 500 : meant;
        }

        return Statuses.GetValueOrDefault(status, status);
    }
}
