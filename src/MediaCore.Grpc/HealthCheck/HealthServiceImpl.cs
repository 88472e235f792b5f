using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;

namespace Grpc.HealthCheck;

/// <summary>
/// The health service: what was last said about each service. Register it as a singleton and map it; the server says what it can do with
/// <see cref="SetStatus"/>. Thread-safe. Somebody who watches and reads slowly gets the latest status, not each one.
/// </summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    /// <summary>Longest name that is watched: names are kept as long as somebody watches them. Those of protobuf's services have some tens of characters.</summary>
    private const int MaxWatchedNameLength = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HealthCheckResponse.Types.ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ChannelWriter<HealthCheckResponse.Types.ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    /// <summary>Says whether a service takes calls; the empty name stands for the server.</summary>
    public void SetStatus(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            _statuses[service] = status;
            Tell(service, status);
        }
    }

    /// <summary>Forgets what was said about a service.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_gate)
        {
            _statuses.Remove(service);
            Tell(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void ClearAll()
    {
        lock (_gate)
        {
            foreach (string service in _statuses.Keys)
            {
                Tell(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown);
            }

            _statuses.Clear();
        }
    }

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out HealthCheckResponse.Types.ServingStatus status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, "Nothing is known of this service."));
        }
    }

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        if (request.Service.Length > MaxWatchedNameLength)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"A service's name has at most {MaxWatchedNameLength} characters."));
        }

        Channel<HealthCheckResponse.Types.ServingStatus> changes = Channel.CreateBounded<HealthCheckResponse.Types.ServingStatus>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        Add(request.Service, changes.Writer);
        try
        {
            HealthCheckResponse.Types.ServingStatus? told = null;
            await foreach (HealthCheckResponse.Types.ServingStatus status in changes.Reader.ReadAllAsync(context.CancellationToken))
            {
                if (status != told)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                    told = status;
                }
            }
        }
        finally
        {
            Remove(request.Service, changes.Writer);
        }
    }

    private void Add(string service, ChannelWriter<HealthCheckResponse.Types.ServingStatus> watcher)
    {
        lock (_gate)
        {
            if (!_watchers.TryGetValue(service, out List<ChannelWriter<HealthCheckResponse.Types.ServingStatus>>? watchers))
            {
                _watchers[service] = watchers = [];
            }

            watchers.Add(watcher);
            watcher.TryWrite(_statuses.GetValueOrDefault(service, HealthCheckResponse.Types.ServingStatus.ServiceUnknown));
        }
    }

    private void Remove(string service, ChannelWriter<HealthCheckResponse.Types.ServingStatus> watcher)
    {
        lock (_gate)
        {
            List<ChannelWriter<HealthCheckResponse.Types.ServingStatus>> watchers = _watchers[service];
            watchers.Remove(watcher);
            if (watchers.Count == 0)
            {
                // A name that a client made up leaves nothing behind.
                _watchers.Remove(service);
            }
        }
    }

    private void Tell(string service, HealthCheckResponse.Types.ServingStatus status)
    {
        if (_watchers.TryGetValue(service, out List<ChannelWriter<HealthCheckResponse.Types.ServingStatus>>? watchers))
        {
            foreach (ChannelWriter<HealthCheckResponse.Types.ServingStatus> watcher in watchers)
            {
                watcher.TryWrite(status);
            }
        }
    }
}
