namespace MediaCore.Numbers.Queues;

/// <summary>What becomes of those who wait when a queue's business hours end.</summary>
public enum ClosingPolicy
{
    /// <summary>They are still served; nobody else is let in.</summary>
    Serve,

    /// <summary>They are led out.</summary>
    Leave,
}
