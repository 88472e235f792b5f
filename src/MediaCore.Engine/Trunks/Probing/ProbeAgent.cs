using MediaCore.Engine.Policies;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Trunks.Probing;

/// <summary>The probes of one trunk, one for each destination that its targets have at the time. Owned by the trunk's shard.</summary>
internal sealed class ProbeAgent : ITimerOwner
{
    private readonly ShardContext _context;
    private readonly TransactionLayer _transactions;
    private readonly TrunkStatus _status;
    private readonly Action _onReturn;
    private readonly ILogger _log;
    private readonly OwnedTimer _timer;
    private readonly List<DestinationProbe> _probes = [];

    /// <summary>Probes nothing yet; <paramref name="onReturn"/> is told when a destination is up again.</summary>
    public ProbeAgent(ShardContext context, TransactionLayer transactions, Trunk trunk, TrunkStatus status, Action onReturn)
    {
        _context = context;
        _transactions = transactions;
        _status = status;
        _onReturn = onReturn;
        _log = context.Services.Loggers.CreateLogger("MediaCore.Trunks");
        _timer = new OwnedTimer(this);
        Trunk = trunk;
        Options = trunk.Probe!;
    }

    public Trunk Trunk { get; private set; }

    public TrunkProbe Options { get; private set; }

    /// <summary>The trunk's, also when a reload has just taken it out of the configuration.</summary>
    public TrunkStatus Status => _status;

    /// <summary>Starts, or goes on with the objects of a reload: destinations that stay keep what is known of them.</summary>
    public void Update(Trunk trunk)
    {
        Trunk = trunk;
        Options = trunk.Probe!;
        OnTimer(_timer);
    }

    /// <summary>Ends all probes; the trunk counts as up from then on.</summary>
    public void Stop()
    {
        _context.Wheel.Cancel(_timer);
        _probes.ForEach(static p => p.Stop());
        _probes.Clear();
        _status.Probes = [];
        _status.IsUp = true;
    }

    /// <summary>Names are resolved again now and then: destinations that have come are probed, those that have gone no more.</summary>
    public void OnTimer(OwnedTimer timer)
    {
        List<DestinationProbe> gone = [.. _probes];
        foreach (SipPeer peer in Trunk.Targets)
        {
            foreach (SipDestination destination in peer.Destinations)
            {
                if (gone.FindIndex(p => p.IsFor(destination)) is int known && known >= 0)
                {
                    gone.RemoveAt(known);
                }
                else if (_probes.Count < TrunkAgentLimits.MaxProbedDestinations && !_probes.Exists(p => p.IsFor(destination)))
                {
                    var probe = new DestinationProbe(this, _context, _transactions, peer, destination);
                    _probes.Add(probe);
                    TimeSpan spread = Options.Interval < TrunkAgentLimits.StartSpread ? Options.Interval : TrunkAgentLimits.StartSpread;
                    probe.Start(spread * Draw());
                }
            }
        }

        foreach (DestinationProbe probe in gone)
        {
            probe.Stop();
            _probes.Remove(probe);
        }

        Publish();
        bool isComplete = Trunk.Targets.All(static t => t.WasLookedUp) || Options.Interval < TrunkAgentLimits.LookupPoll;
        _context.Wheel.Schedule(_timer, _context.Now + (isComplete ? Options.Interval : TrunkAgentLimits.LookupPoll));
    }

    /// <summary>The interval, a tenth more or less, so that probes of many trunks do not keep step.</summary>
    public TimeSpan DrawInterval() => Options.Interval * (0.9 + (0.2 * Draw()));

    /// <summary>A probe was answered, or was not.</summary>
    public void OnConcluded(DestinationProbe probe, bool wasUp)
    {
        Publish();
        TrunkProbeStatus status = probe.Status;
        if (wasUp && !status.IsUp)
        {
            TrunkLog.DestinationDown(_log, Trunk.Name, status.Destination.Endpoint.ToString(), status.LastStatus);
            TrunkNews.TellAddress(_context, Trunk, status.Destination, status.LastStatus == 0 ? "It does not answer OPTIONS." : $"It has answered OPTIONS with {status.LastStatus}.");
        }
        else if (!wasUp && status.IsUp)
        {
            TrunkLog.DestinationUp(_log, Trunk.Name, status.Destination.Endpoint.ToString());
            TrunkNews.TellAddress(_context, Trunk, status.Destination, problem: "");
            _onReturn();
        }
    }

    private void Publish()
    {
        _status.Probes = [.. _probes.Select(static p => p.Status)];
        _status.IsUp = _probes.Count == 0 || _probes.Exists(static p => p.Status.IsUp);
    }

    private double Draw() => (_context.NextRandom() >> 11) * (1.0 / (1UL << 53));
}
