using MediaCore.Engine.Control;

namespace MediaCore.Engine.Relaying;

/// <summary>
/// The media relay alone, for those who keep their own signalling: what the ng protocol does, typed. Sessions belong to who made them; nobody else finds them. They end by <see cref="DeleteAsync"/>, or as sessions of the ng
/// protocol do: without media, without an answer (<see cref="Ng.NgOptions"/>). Safe from any thread.
/// </summary>
public interface IMediaRelay
{
    /// <summary>Takes a description that offers (RFC 3264), and gives the one to send on.</summary>
    /// <returns>Accepted with <see cref="RelayReply.Sdp"/>; InvalidArgument, ResourceExhausted (sessions, ports, parties), Unavailable.</returns>
    ValueTask<RelayReply> OfferAsync(RelayDescription offer, CancellationToken cancellationToken = default);

    /// <summary>Takes the description that answers; <see cref="RelayDescription.To"/> is whose offer it answers.</summary>
    /// <returns>Accepted with <see cref="RelayReply.Sdp"/>; NotFound (session, or offerer), FailedPrecondition (nothing was offered), InvalidArgument.</returns>
    ValueTask<RelayReply> AnswerAsync(RelayDescription answer, CancellationToken cancellationToken = default);

    /// <summary>Ends a session, or takes one party out of it; one that is left alone ends with it.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="sessionId">Which.</param>
    /// <param name="party">Who; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting alone.</param>
    /// <returns>Accepted with the session as it was; NotFound.</returns>
    ValueTask<RelayReply> DeleteAsync(string owner, string sessionId, string? party, CancellationToken cancellationToken = default);

    /// <summary>A session as it is now.</summary>
    /// <returns>Accepted with <see cref="RelayReply.Session"/>; NotFound.</returns>
    ValueTask<RelayReply> QueryAsync(string owner, string sessionId, CancellationToken cancellationToken = default);
}

/// <summary>The answer of the relay.</summary>
/// <param name="Status">Whether it was done.</param>
/// <param name="Problem">Why not; empty where it was.</param>
public sealed record RelayReply(CommandStatus Status, string Problem = "")
{
    /// <summary>The description to send on; null where none was given.</summary>
    public string? Sdp { get; init; }

    /// <summary>The session; null where it was not asked for.</summary>
    public RelaySnapshot? Session { get; init; }
}
