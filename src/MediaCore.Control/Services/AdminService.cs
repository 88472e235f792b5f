using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.V1;
using MediaCore.Engine;
using MediaCore.Engine.Tracing;
using MediaCore.Engine.Trunks;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Transport.Polling;
using Microsoft.Extensions.Logging;
using CallSnapshot = MediaCore.Engine.Control.CallSnapshot;
using Trace = MediaCore.Control.V1.Trace;

namespace MediaCore.Control.Services;

/// <summary>The service <c>mediacore.v1.Admin</c>: running a node.</summary>
/// <param name="engine">The engine.</param>
/// <param name="node">What the host does.</param>
/// <param name="time">Time.</param>
public sealed class AdminService(SipEngine engine, INodeControl node, TimeProvider time) : Admin.AdminBase
{
    /// <summary>Shortest interval of figures.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a drain or its end may take to reach a shard.</summary>
    public static readonly TimeSpan ShardPatience = TimeSpan.FromSeconds(5);

    /// <summary>Longest interval of figures.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromHours(1);

    private const int CaptureChunkBytes = 64 * 1024;
    /// <summary>Far above the longest name of a class of ours.</summary>
    private const int MaxCategoryChars = 256;

    private const int DefaultRegistrations = 1000;
    private const int MaxRegistrations = 10_000;

    /// <inheritdoc/>
    public override Task<Node> GetNode(GetNodeRequest request, ServerCallContext context) => Task.FromResult(Describe());

    /// <inheritdoc/>
    public override Task<Node> Drain(DrainRequest request, ServerCallContext context)
    {
        node.Drain();
        return DescribeWhenInForceAsync(context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<Node> Undrain(UndrainRequest request, ServerCallContext context) =>
        node.TryUndrain() ? DescribeWhenInForceAsync(context.CancellationToken) : throw Problem(StatusCode.FailedPrecondition, "The server is about to stop; it takes no new calls again.");

    /// <inheritdoc/>
    public override async Task<ReloadResponse> Reload(ReloadRequest request, ServerCallContext context)
    {
        NodeReload reload = await node.ReloadAsync().ConfigureAwait(false);
        return reload.Errors.Count == 0 ? new ReloadResponse { Notices = { reload.Notices } } : throw Problem(StatusCode.InvalidArgument, string.Join('\n', reload.Errors));
    }

    /// <inheritdoc/>
    public override async Task WatchStatistics(WatchStatisticsRequest request, IServerStreamWriter<Statistics> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        TimeSpan? interval = request.Interval is null ? null : ReadInterval(request.Interval);
        await responseStream.WriteAsync(GetStatistics(), context.CancellationToken).ConfigureAwait(false);
        if (interval is not { } between)
        {
            return;
        }

        using PeriodicTimer timer = new(between, time);
        while (await timer.WaitForNextTickAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(GetStatistics(), context.CancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override Task<ListRegistrationsResponse> ListRegistrations(ListRegistrationsRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Max is < 0 or > MaxRegistrations)
        {
            throw Problem(StatusCode.InvalidArgument, $"max goes from 1 to {MaxRegistrations}, 0 for {DefaultRegistrations}.");
        }

        int max = request.Max == 0 ? DefaultRegistrations : request.Max;
        IEnumerable<RegistrationView> views = request.Account.Length == 0 ? engine.GetRegistrations(max) : engine.GetRegistrations().Where(view => view.Account == request.Account).Take(max);
        ListRegistrationsResponse response = new();
        response.Registrations.AddRange(views.Select(static view => new V1.Registration
        {
            Account = view.Account,
            Contact = view.Contact,
            Source = view.Source.ToString(),
            ExpiresIn = Duration.FromTimeSpan(view.ExpiresIn),
        }));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<ListTrunksResponse> ListTrunks(ListTrunksRequest request, ServerCallContext context)
    {
        ListTrunksResponse response = new();
        response.Trunks.AddRange(engine.GetTrunks().Select(ToState));
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override Task<TraceSettings> SetTrace(SetTraceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Calls is < 0 or > TraceLimits.MaxCalls)
        {
            throw Problem(StatusCode.InvalidArgument, $"calls goes from 0 to {TraceLimits.MaxCalls}.");
        }

        engine.TraceCalls(request.Calls);
        return Task.FromResult(new TraceSettings { Calls = engine.TracedCalls });
    }

    /// <inheritdoc/>
    public override async Task<Trace> GetTrace(GetTraceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return TraceMapping.ToTrace(await FindTraceAsync(request.CallId, context).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override async Task GetCapture(GetCaptureRequest request, IServerStreamWriter<CaptureChunk> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        byte[] capture = CaptureFile.Write(await FindTraceAsync(request.CallId, context).ConfigureAwait(false));
        for (int offset = 0; offset < capture.Length; offset += CaptureChunkBytes)
        {
            ByteString data = UnsafeByteOperations.UnsafeWrap(capture.AsMemory(offset, Math.Min(CaptureChunkBytes, capture.Length - offset)));
            await responseStream.WriteAsync(new CaptureChunk { Data = data }, context.CancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<CallTrace> FindTraceAsync(string callId, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        // A call in progress may be another controller's; of one that is over nobody knows whose it was, so that only operators may look.
        ControlIdentity identity = ControlIdentity.Of(context);
        CallSnapshot? call = identity.Controller is null ? null : await engine.Control.GetCallAsync(callId, context.CancellationToken).ConfigureAwait(false);
        bool isVisible = identity.Controller is null || (call is not null && identity.MaySee(call.Controller));
        CallTrace? trace = isVisible ? await engine.GetTraceAsync(callId, context.CancellationToken).ConfigureAwait(false) : null;
        return trace ?? throw Problem(StatusCode.NotFound, engine.TracedCalls == 0
            ? "No messages are kept: turn traces on (mcctl trace on, or trace.calls in the configuration), then make the call again."
            : "No messages of that call are kept (any more).");
    }

    /// <inheritdoc/>
    public override Task<LogLevels> GetLogLevel(GetLogLevelRequest request, ServerCallContext context) => Task.FromResult(GetLevels());

    /// <inheritdoc/>
    public override Task<LogLevels> SetLogLevel(SetLogLevelRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        LogLevel? level = null;
        if (request.Level.Length > 0)
        {
            level = System.Enum.TryParse(request.Level, ignoreCase: true, out LogLevel parsed) && !char.IsAsciiDigit(request.Level[0]) && parsed is not LogLevel.None
                ? parsed
                : throw Problem(StatusCode.InvalidArgument, $"\"{request.Level}\" is not a level; levels are trace, debug, information, warning, error, critical.");
        }

        if (request.Category.Length > MaxCategoryChars)
        {
            throw Problem(StatusCode.InvalidArgument, $"category has at most {MaxCategoryChars} characters.");
        }

        if (request.Category.Length == 0)
        {
            node.LogLevel = level ?? throw Problem(StatusCode.InvalidArgument, "level is empty, which takes away the level of a category; name one.");
        }
        else if (!node.TrySetLevel(request.Category, level))
        {
            throw Problem(StatusCode.ResourceExhausted, "That many categories have levels of their own already; take some away with an empty level.");
        }

        return Task.FromResult(GetLevels());
    }

    private static TimeSpan ReadInterval(Duration interval)
    {
        TimeSpan? asked = interval.Seconds is >= 0 and <= 3600 && interval.Nanos is >= 0 and < 1_000_000_000 ? interval.ToTimeSpan() : null;
        return asked is { } value && value >= MinInterval && value <= MaxInterval ? value : throw Problem(StatusCode.InvalidArgument, "interval goes from 100 ms to 1 h.");
    }

    private LogLevels GetLevels()
    {
        LogLevels levels = new() { Level = NameOf(node.LogLevel) };
        foreach ((string category, LogLevel level) in node.CategoryLevels)
        {
            levels.Categories[category] = NameOf(level);
        }

        return levels;

        static string NameOf(LogLevel level) => level.ToString().ToLowerInvariant();
    }

    /// <summary>The node, once every shard has taken what was broadcast: who is answered may rely on it.</summary>
    private async Task<Node> DescribeWhenInForceAsync(CancellationToken cancellation)
    {
        try
        {
            await engine.CheckLoopsAsync(ShardPatience, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw Problem(StatusCode.Unavailable, $"It was begun, and not every shard has taken it yet: {exception.Message}");
        }

        return Describe();
    }

    private Node Describe() => new()
    {
        Version = node.Version,
        State = engine.State == EngineState.Running ? Node.Types.State.Running : Node.Types.State.Draining,
        StartedAt = Timestamp(node.StartedAt),
        Shards = engine.GetFigures().Shards.Count,
        SipListeners = { engine.Listeners.Select(static l => $"{l.Transport.ToString().ToLowerInvariant()}://{l.Endpoint}") },
        Media = { node.Media },
        MaxCalls = node.MaxCalls,
        Mode = node.Mode,
        Policy = { node.PolicyBreakers.OrderBy(static each => each.Key, StringComparer.Ordinal).Select(static each => new PolicyLine { Question = each.Key, Breaker = EnumMapping.ToBreaker(each.Value) }) },
    };

    private Statistics GetStatistics()
    {
        EngineFigures figures = engine.GetFigures();
        using Process process = Process.GetCurrentProcess();
        Statistics statistics = new()
        {
            At = Timestamp(time.GetUtcNow()),
            ActiveCalls = figures.ActiveCalls,
            CallsTotal = figures.CallsStarted,
            CallsRefusedTotal = figures.Refusals,
            Registrations = figures.Registrations,
            RtpPacketsRelayedTotal = figures.PacketsRelayed,
            RtpPacketsDroppedTotal = figures.PacketsDropped,
            MediaPortsUsed = figures.MediaPortsUsed,
            MediaPortsFree = figures.MediaPortsFree,
            TranscodingCalls = figures.Transcoding,
            ResidentBytes = process.WorkingSet64,
            ProcessorTime = Duration.FromTimeSpan(process.TotalProcessorTime),
            AllocatedBytesTotal = GC.GetTotalAllocatedBytes(),
        };
        statistics.Shards.AddRange(figures.Shards.Select(static shard => new V1.ShardFigures
        {
            Index = shard.Index,
            ActiveCalls = shard.ActiveCalls,
            Mailbox = shard.Mailbox,
            QueueDelay = Duration.FromTimeSpan(shard.QueueDelay),
        }));
        return statistics;
    }

    private TrunkState ToState(TrunkStatus trunk)
    {
        TrunkState state = new() { Name = trunk.Name, InboundCalls = trunk.InboundCalls, OutboundCalls = trunk.OutboundCalls };
        if (trunk.Registration is { } registration)
        {
            state.Registration = registration.IsRegistered(time.GetUtcNow()) ? "registered" : registration.State == TrunkRegistrationState.Failed ? "failed" : "registering";
        }

        Primitives.Timestamp now = MonotonicClock.Now;
        foreach (TrunkProbeStatus probe in trunk.Probes)
        {
            state.Addresses.Add(ToAddress(probe.Destination, probe, trunk.GetDestination(probe.Destination), now));
        }

        foreach (DestinationStatus status in trunk.Destinations.Where(d => !trunk.Probes.Any(p => p.Destination.Endpoint == d.Destination.Endpoint && p.Destination.Transport == d.Destination.Transport)))
        {
            state.Addresses.Add(ToAddress(status.Destination, null, status, now));
        }

        return state;
    }

    private static TrunkState.Types.Address ToAddress(in SipDestination destination, TrunkProbeStatus? probe, DestinationStatus? status, Primitives.Timestamp now)
    {
        DestinationBlock block = status?.GetBlock(now, out _) ?? DestinationBlock.None;
        TrunkState.Types.Address address = new()
        {
            Address_ = $"{destination.Transport.ToString().ToLowerInvariant()}://{destination.Endpoint}",
            Reachable = probe?.IsUp != false && block == DestinationBlock.None,
            Problem = block switch
            {
                DestinationBlock.Silent => "a call got no answer",
                DestinationBlock.Unreachable => "unreachable",
                DestinationBlock.RetryAfter => "it asked to be left alone (503 with Retry-After)",
                DestinationBlock.Trial => "one call tries it again",
                _ => probe?.IsUp == false ? $"its last answer to OPTIONS: {(probe.LastStatus == 0 ? "none" : probe.LastStatus)}" : "",
            },
        };
        if (probe?.Latency > TimeSpan.Zero)
        {
            address.RoundTrip = Duration.FromTimeSpan(probe.Latency);
        }

        return address;
    }

    private static Google.Protobuf.WellKnownTypes.Timestamp Timestamp(DateTimeOffset at) => Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(at);

    private static RpcException Problem(StatusCode code, string text) => new(new Status(code, text));
}
