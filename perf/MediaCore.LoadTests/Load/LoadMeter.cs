using System.Diagnostics;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Load;

/// <summary>Turns running sums into figures of a second, and keeps what the seconds come to.</summary>
internal sealed class LoadMeter(CallGenerator generator, IServerUnderTest server)
{
    private readonly Stopwatch _watch = new();
    private readonly StolenTime _stolen = new();
    private readonly LatencyHistogram _setUp = new();
    private double _since;
    private double _generatorStart;
    private double _generatorCpu;
    private double _serverStart = double.NaN;
    private double _serverCpu = double.NaN;
    private double _collections = double.NaN;
    private double _portsStart = double.NaN;
    private double _ports = double.NaN;
    private long _started;
    private long _answered;
    private long _ended;
    private long _failed;
    private long _refused;
    private long _retransmissions;
    private long _lost;

    public double Elapsed => _watch.Elapsed.TotalSeconds;

    public double GeneratorCpuSeconds => _generatorCpu - _generatorStart;

    /// <summary>NaN where it is not known.</summary>
    public double ServerCpuSeconds => _serverCpu - _serverStart;

    /// <summary>Sides of calls that the server had no media port for; NaN where it is not known.</summary>
    public double PortsRefused => _ports - _portsStart;

    /// <summary>Looks whether the server tells what is measured of it, before it is given anything to do.</summary>
    /// <exception cref="CannotMeasureException">It does not.</exception>
    public async Task ProbeAsync() => Note(await server.LookAsync());

    /// <summary>Begins; call it right before the calls do.</summary>
    public async Task StartAsync()
    {
        Note(await server.LookAsync());
        (_serverStart, _portsStart) = (_serverCpu, _ports);
        _generatorStart = _generatorCpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        _stolen.TakePercent();
        generator.Pump.TakeLateness();
        _watch.Start();
    }

    /// <summary>The second that has just ended.</summary>
    public async Task<LoadSecond> TakeAsync()
    {
        ServerFigures? figures = await server.LookAsync();
        LoadSecond? second = null;
        await generator.LookAsync(() => second = Take(figures));
        return second!;
    }

    /// <summary>Set-up times of all seconds so far.</summary>
    public LatencySummary TakeSetUp()
    {
        generator.SetUp.MoveTo(_setUp);
        return _setUp.TakeAndClear();
    }

    private LoadSecond Take(ServerFigures? figures)
    {
        double now = Elapsed;
        double share = 100 / Math.Max(now - _since, 1e-3);
        (double serverBefore, double collectionsBefore, double generatorBefore) = (_serverCpu, _collections, _generatorCpu);
        Note(figures);
        _generatorCpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        CallTotals t = generator.Totals;
        long lost = t.Sent - t.Received;
        LoadSecond second = new(
            Math.Round(now, 2), t.Started - _started, t.Answered - _answered, t.Ended - _ended, t.Failed - _failed, t.Refused - _refused, generator.Up, t.Retransmissions - _retransmissions, lost - _lost,
            generator.SetUp.MoveTo(_setUp), generator.Pump.Latency.TakeAndClear(), generator.Pump.TakeLateness().TotalMilliseconds, share * (_serverCpu - serverBefore), share * (_generatorCpu - generatorBefore), _stolen.TakePercent(),
            figures is null ? double.NaN : figures.ResidentBytes / 1048576.0, figures is null ? double.NaN : figures.Total(ServerFigures.Heap) / 1048576.0, _collections - collectionsBefore);
        (_started, _answered, _ended, _failed, _refused, _retransmissions, _lost, _since) = (t.Started, t.Answered, t.Ended, t.Failed, t.Refused, t.Retransmissions, lost, now);
        return second;
    }

    private void Note(ServerFigures? figures)
    {
        if (figures is not null)
        {
            _serverCpu = figures.Total("process_cpu_seconds_total");
            _collections = figures.Total("dotnet_gc_collections_total");
            _ports = figures.Total("mediacore_rtp_ports_refused_total");
        }
    }
}
