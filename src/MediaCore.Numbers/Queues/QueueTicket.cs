using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Queues.Matching;

namespace MediaCore.Numbers.Queues;

/// <summary>What a call says to the desk about its entry; the answers come by the call's line. The desk knows which entry that is: a caller who was moved has another than before.</summary>
internal sealed class QueueTicket(QueueDesk desk)
{
    /// <summary>The entry; the desk's worker alone sets and reads it.</summary>
    public Guid Entry { get; set; }

    /// <summary>The call; null for a callback while nobody is on the line. The desk's worker alone sets and reads it.</summary>
    public ICallLine? Line { get; set; }

    /// <summary>The agent has answered. If it is too late the line gets <see cref="QueueOfferTaken"/>.</summary>
    public void Answer(Guid agent, ICallLine line) => Post((core, now) =>
    {
        if (!core.Answer(Entry, agent, now))
        {
            line.Post(new QueueOfferTaken(agent));
        }
    });

    /// <summary>An offer has come to nothing.</summary>
    public void EndOffer(Guid agent, OfferEnd end) => Post((core, now) => core.EndOffer(Entry, agent, end, now));

    /// <summary>A callback's agent waits for the customer.</summary>
    public void Extend(Guid agent, TimeSpan by) => Post((core, now) => core.Extend(Entry, agent, by, now));

    /// <summary>The talk is over.</summary>
    public void EndTalk() => Post((core, now) => core.EndTalk(Entry, now));

    /// <summary>The caller is gone, or leaves by the key.</summary>
    public void Leave(bool byKey) => Post((core, now) => core.Leave(Entry, byKey, now));

    /// <summary>The caller is led out, since the queue's business hours have ended.</summary>
    public void Close() => Post((core, now) => core.Close(Entry, now));

    /// <summary>The caller wants to be called back; the line gets <see cref="QueueCallbackAnswer"/>.</summary>
    public void AskCallback(CallbackOrigin origin, ICallLine line) => Post((core, now) =>
    {
        bool isTaken = core.Waiters.TryGetValue(Entry, out Waiter? waiter) && core.BecomeCallback(Entry, now);
        if (isTaken)
        {
            waiter!.Origin = origin;
        }

        line.Post(new QueueCallbackAnswer(isTaken));
    });

    /// <summary>A callback's customer was not reached.</summary>
    public void FailCallback() => Post((core, now) => core.FailCallback(Entry, now));

    /// <summary>A callback's customer is on the line and waits at his place; the line gets <see cref="QueueJoined"/>, or <see cref="QueueOver"/>.</summary>
    public void Return(ICallLine line) => Post((core, now) =>
    {
        Line = line;
        line.Post(core.Return(Entry, line.CallId, this, now) is { } waiter
            ? new QueueJoined(QueueCore.GetPosition(waiter))
            : new QueueOver(ActivityOutcome.Failed, "the callback is over"));
    });

    private void Post(Action<QueueCore, long> what) => desk.Post(now => what(desk.Core, now));
}

/// <summary>The call that a callback comes from; what is needed to make another like it.</summary>
/// <param name="Configuration">The tenant's configuration.</param>
/// <param name="Number">The number that was called.</param>
/// <param name="Language">The caller's language.</param>
internal sealed record CallbackOrigin(TenantConfiguration Configuration, string Number, string Language);
