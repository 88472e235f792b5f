namespace MediaCore.Numbers.Model;

/// <summary>What an agent has said to be; what the calls make of it (ringing, busy, wrapping up) is the queue's and not stored.</summary>
public enum AgentPresence : byte
{
    /// <summary>Signed out.</summary>
    SignedOut,

    /// <summary>Takes calls.</summary>
    Ready,

    /// <summary>Takes none for now.</summary>
    NotReady,
}

/// <summary>A user who takes calls of queues.</summary>
public sealed class Agent : TenantRow
{
    /// <summary>The user; one agent each.</summary>
    public Guid UserId { get; set; }

    /// <summary>Signed out, ready, not ready.</summary>
    public AgentPresence Presence { get; set; }

    /// <summary>Why not ready; empty for no reason.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Since when, milliseconds of Unix time.</summary>
    public long PresenceSinceMs { get; set; }

    /// <summary>Skills and their levels 0 to 100, a JSON object.</summary>
    public string Skills { get; set; } = "{}";

    /// <summary>Offers that may go unanswered before the agent is set to not ready.</summary>
    public int MaxNoAnswer { get; set; } = 3;
}
