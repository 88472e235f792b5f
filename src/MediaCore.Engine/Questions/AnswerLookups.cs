using System.Collections.Frozen;
using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Trunks;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Questions;

/// <summary>
/// Looks up the names in the answers to a shard's questions before they get to their calls. Thread-safe: answers come on any thread. Bounded as the look-ups of commands are (<see cref="ControlLimits.MaxLookups"/>); an answer beyond that, and one
/// whose look-up fails, goes on at once without those peers, so that it cannot be carried out and the call's default is taken: no call waits for a name in a queue.
/// </summary>
internal sealed class AnswerLookups(SipNameResolver? names, ILogger log)
{
    private int _open;

    /// <summary>Finds the peers of a decision and goes on with those by their URIs, at once where there is no name in it.</summary>
    public void Find(RouteDecision? decision, Action<FrozenDictionary<string, SipPeer>> found)
    {
        Dictionary<string, SipPeer>? peers = null;
        bool isComplete = true;
        foreach (UriDestination uri in decision is DialDecision dial ? dial.Destinations.OfType<UriDestination>() : [])
        {
            if (SipPeerUri.TryParse(uri.Uri, out SipPeer? peer, out _, out _))
            {
                (peers ??= new Dictionary<string, SipPeer>(StringComparer.Ordinal))[uri.Uri] = peer;
                isComplete &= SipPeerUri.TryResolveLiteral(peer);
            }
        }

        if (isComplete)
        {
            found(peers?.ToFrozenDictionary(StringComparer.Ordinal) ?? FrozenDictionary<string, SipPeer>.Empty);
        }
        else if (Interlocked.Increment(ref _open) > ControlLimits.MaxLookups)
        {
            Interlocked.Decrement(ref _open);
            found(WithAddress(peers!));
        }
        else
        {
            _ = FindAsync(peers!, found);
        }
    }

    private async Task FindAsync(Dictionary<string, SipPeer> peers, Action<FrozenDictionary<string, SipPeer>> found)
    {
        try
        {
            await NextHopNames.FindAsync(names, peers.Values).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A name that is not found is no failure; this is a defect, and must not leave a caller without his default.
            ShardLog.AnswerFaulted(log, exception);
        }

        Interlocked.Decrement(ref _open);
        found(WithAddress(peers));
    }

    private static FrozenDictionary<string, SipPeer> WithAddress(Dictionary<string, SipPeer> peers) =>
        peers.Where(static each => !each.Value.Destinations.IsEmpty).ToFrozenDictionary(StringComparer.Ordinal);
}
