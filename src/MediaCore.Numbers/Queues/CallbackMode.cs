namespace MediaCore.Numbers.Queues;

/// <summary>Who is called first when it is a callback's turn.</summary>
public enum CallbackMode
{
    /// <summary>The agent; with an agent on the line the customer is dialled.</summary>
    AgentFirst,

    /// <summary>The customer, when an agent is ready; he comes back into the queue at his place.</summary>
    CustomerFirst,
}
