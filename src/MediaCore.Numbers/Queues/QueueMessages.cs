using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Queues;

/// <summary>An agent who is to be rung.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Account">The account of the agent's phones.</param>
internal readonly record struct OfferedAgent(Guid Id, string Account);

/// <summary>To a caller's line: he is in the queue.</summary>
/// <param name="Position">His position, from 1.</param>
internal sealed record QueueJoined(int Position);

/// <summary>To a caller's line: he is not in the queue, or not any more.</summary>
/// <param name="Outcome">How his waiting has ended.</param>
/// <param name="Detail">Why.</param>
/// <param name="Step">The overflow step that comes now; -1 for none.</param>
/// <param name="Queue">The queue whose step that is.</param>
internal sealed record QueueOver(ActivityOutcome Outcome, string Detail, int Step = -1, string Queue = "");

/// <summary>To a caller's line: agents are to be rung for him, beside those who ring.</summary>
internal sealed record QueueOffers(IReadOnlyList<OfferedAgent> Agents);

/// <summary>To a caller's line: an agent is not to be rung any more.</summary>
internal sealed record QueueOfferTaken(Guid Agent);

/// <summary>To a caller's line: a schedule is another than it was when he came, or may be.</summary>
internal sealed record QueueHours(Schedule Schedule);

/// <summary>To a caller's line: he is in another queue now.</summary>
internal sealed record QueueMoved(string Queue);

/// <summary>To a caller's line: what he may be told.</summary>
/// <param name="Position">His position; 0 for not.</param>
/// <param name="Minutes">Minutes of waiting; 0 for not, -1 for more than are said.</param>
/// <param name="Turn">Which announcement it is, from 0.</param>
/// <param name="OffersCallback">Whether he may ask to be called back.</param>
internal sealed record QueueAnnouncement(int Position, int Minutes, int Turn, bool OffersCallback);

/// <summary>To a caller's line: whether he will be called back.</summary>
internal sealed record QueueCallbackAnswer(bool IsTaken);

/// <summary>To a callback's line: nobody wants it any more.</summary>
internal sealed record QueueCallbackOver;
