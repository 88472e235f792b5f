using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Plans;

/// <summary>How things are around a call while its plan decides. Answers at once, out of memory.</summary>
public interface IPlanSurroundings
{
    /// <summary>How a queue is; null where that is not known.</summary>
    QueueFigures? FindQueue(CallQueue queue);

    /// <summary>Whether an account has a phone registered.</summary>
    bool IsRegistered(string account);

    /// <summary>Calls of a number now, the one that is decided on included.</summary>
    int CountCalls(string number);
}

/// <summary>How a queue is at a moment.</summary>
/// <param name="Waiting">Callers who wait.</param>
/// <param name="LongestWaitSeconds">How long the first of them has waited.</param>
/// <param name="ReadyAgents">Agents who would be rung now.</param>
public readonly record struct QueueFigures(int Waiting, int LongestWaitSeconds, int ReadyAgents);

/// <summary>Tells how queues are. Answers at once, from any thread.</summary>
public interface IQueueFigures
{
    /// <summary>How a queue is; null where that is not known.</summary>
    QueueFigures? Find(CallQueue queue);
}
