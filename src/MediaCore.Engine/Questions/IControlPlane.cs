namespace MediaCore.Engine.Questions;

/// <summary>
/// A control plane that is asked: what to do with a call or a message, who an account is, whether a transfer may be. Asked on shards, so asking must neither block nor throw; the answer may come from any thread, at any time, and is
/// wanted once. The shard has a deadline of its own (<see cref="QuestionTerms"/>) and goes on with the default when it passes, so a control plane that never answers costs its own calls that time and others nothing.
/// </summary>
public interface IControlPlane
{
    /// <summary>Which questions are asked, for how long, and what holds without an answer. The same object while nothing changes.</summary>
    QuestionTerms Terms { get; }

    /// <summary>Asks what is to be done with a call.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answered">Takes the answer; null for none: the default is taken at once.</param>
    /// <returns>Disposed when nobody waits any more, because the caller has hung up. An answer that comes all the same is dropped and counted.</returns>
    IDisposable Ask(RouteQuestion question, Action<RouteDecision?> answered);

    /// <summary>Asks for an account's secret.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answered">Takes the answer; null for none.</param>
    /// <returns>Disposed when nobody waits any more.</returns>
    IDisposable Ask(AccountQuestion question, Action<AccountDecision?> answered);

    /// <summary>Asks whether a transfer may go on.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answered">Takes the answer; null for none.</param>
    /// <returns>Disposed when nobody waits any more.</returns>
    IDisposable Ask(TransferQuestion question, Action<bool?> answered);

    /// <summary>Asks what is to be done with a MESSAGE.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answered">Takes the answer; null for none.</param>
    /// <returns>Disposed when nobody waits any more.</returns>
    IDisposable Ask(MessageQuestion question, Action<MessageDecision?> answered);
}
