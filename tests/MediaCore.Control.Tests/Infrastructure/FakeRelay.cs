using MediaCore.Engine.Control;
using MediaCore.Engine.Relaying;

namespace MediaCore.Control.Tests.Infrastructure;

/// <summary>A relay that knows one session, "known" of "proxy", and tells whose request came.</summary>
internal sealed class FakeRelay : IMediaRelay
{
    public ValueTask<RelayReply> OfferAsync(RelayDescription offer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RelayReply(CommandStatus.Accepted) { Sdp = $"offer of {offer.Party} by {offer.Owner}" });

    public ValueTask<RelayReply> AnswerAsync(RelayDescription answer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(new RelayReply(CommandStatus.FailedPrecondition, $"nothing was offered by {answer.To}"));

    public ValueTask<RelayReply> DeleteAsync(string owner, string sessionId, string? party, CancellationToken cancellationToken = default) => QueryAsync(owner, sessionId, cancellationToken);

    public ValueTask<RelayReply> QueryAsync(string owner, string sessionId, CancellationToken cancellationToken = default) => ValueTask.FromResult(
        owner == "proxy" && sessionId == "known" ? new RelayReply(CommandStatus.Accepted) { Session = new RelaySnapshot(sessionId, TimeSpan.FromSeconds(5), []) } : new RelayReply(CommandStatus.NotFound, "none"));
}
