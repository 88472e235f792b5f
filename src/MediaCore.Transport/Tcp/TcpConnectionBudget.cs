using MediaCore.Primitives;

namespace MediaCore.Transport.Tcp;

/// <summary>
/// How many connections there may be: at once over all listeners and connectors that share it, and from one source over all listeners. An eighth of the
/// total is left to connections that we open, so that strangers who take all places of the listeners do not cut us off from our trunks. Safe to use from any
/// thread.
/// </summary>
/// <param name="maxConnections">Connections at once; at least 1.</param>
/// <param name="maxPerSource">Accepted connections at once from one IPv4 address or IPv6 /64; at least 1.</param>
public sealed class TcpConnectionBudget(int maxConnections, int maxPerSource)
{
    private readonly Dictionary<NetworkEndpoint, int> _perSource = [];
    private readonly Lock _gate = new();
    private readonly int _maxAccepted = maxConnections - (maxConnections / 8);
    private int _accepted;
    private int _made;

    /// <summary>The bounds that the options name.</summary>
    public TcpConnectionBudget(TcpOptions options)
        : this(options.MaxConnections, options.MaxConnectionsPerSource)
    {
    }

    /// <summary>Connections that have a place.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _accepted + _made;
            }
        }
    }

    /// <summary>Whether one that we open would find no place now.</summary>
    internal bool IsFull => Count >= maxConnections;

    /// <summary>Takes a place; the counter of the bound that is reached is told otherwise.</summary>
    internal bool TryEnter(NetworkEndpoint source, bool isOutbound, TcpStatistics statistics)
    {
        lock (_gate)
        {
            if (_accepted + _made >= maxConnections || (!isOutbound && _accepted >= _maxAccepted))
            {
                statistics.CountRefusedByTotal();
                return false;
            }

            if (isOutbound)
            {
                _made++;
                return true;
            }

            int ofSource = _perSource.GetValueOrDefault(source);
            if (ofSource >= maxPerSource)
            {
                statistics.CountRefusedBySource();
                return false;
            }

            _perSource[source] = ofSource + 1;
            _accepted++;
            return true;
        }
    }

    /// <summary>Gives the place back.</summary>
    internal void Leave(NetworkEndpoint source, bool isOutbound)
    {
        lock (_gate)
        {
            if (isOutbound)
            {
                _made--;
                return;
            }

            _accepted--;
            if (--_perSource[source] == 0)
            {
                _perSource.Remove(source);
            }
        }
    }
}
