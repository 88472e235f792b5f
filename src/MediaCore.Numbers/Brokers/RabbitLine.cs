using MediaCore.Numbers.Events;
using MediaCore.Numbers.Model;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MediaCore.Numbers.Brokers;

/// <summary>The connection to RabbitMQ: one channel with publisher confirms, made anew after a fault. One caller at a time.</summary>
internal sealed partial class RabbitLine(RabbitOptions options, ILogger<RabbitLine> logger) : IAsyncDisposable
{
    private IConnection? _connection;
    private IChannel? _channel;
    private bool _failing;

    /// <summary>Publishes events that have their numbers: those of one subject one after the other, each confirmed before the next.</summary>
    /// <returns>Whether all were confirmed. Where not, some may have been.</returns>
    public async Task<bool> PublishAsync(IReadOnlyList<ServiceEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            IChannel channel = await ConnectAsync(cancellationToken);
            await Task.WhenAll(events.GroupBy(static each => (each.TenantId, each.Subject)).Select(async subject =>
            {
                foreach (ServiceEvent each in subject)
                {
                    // With tracking it ends when the broker has the message, and throws when it does not take it.
                    await channel.BasicPublishAsync(options.Exchange, $"{each.TenantId}.{each.Type}", mandatory: false, Properties(each), EventBody.Write(each), cancellationToken);
                }
            }));
            EventMetrics.Published.Add(events.Count);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested || e is not OperationCanceledException)
        {
            // The library throws of many kinds when a connection breaks; for each of them the events stay where they are.
            EventMetrics.BrokerFailures.Add(1);
            await CloseAsync();
            if (!_failing)
            {
                _failing = true;
                LogLost(options.Uri.Host, options.Uri.Port, e);
            }

            return false;
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Closes the connection; the next event makes another.</summary>
    public async Task CloseAsync()
    {
        EventMetrics.SetConnected(false);
        IConnection? connection = _connection;
        (_connection, _channel) = (null, null);
        if (connection is not null)
        {
            // Closes without an exchange of farewells, which a broker that is gone would not answer.
            await connection.AbortAsync(TimeSpan.FromSeconds(1));
            await connection.DisposeAsync();
        }
    }

    private static BasicProperties Properties(ServiceEvent each) => new()
    {
        MessageId = each.Id.ToString(),
        Type = each.Type,
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        Timestamp = new AmqpTimestamp(each.CreatedAtMs / 1000),
        AppId = "mediacore",
    };

    private async Task<IChannel> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open)
        {
            return open;
        }

        await CloseAsync();
        var factory = new ConnectionFactory
        {
            Uri = options.Uri,
            UserName = options.User,
            Password = options.Password,
            ClientProvidedName = "mediacore events",
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
        };
        _connection = await factory.CreateConnectionAsync(cancellationToken);
        _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken);
        await _channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken);
        EventMetrics.SetConnected(true);
        _failing = false;
        LogConnected(options.Uri.Host, options.Uri.Port);
        return _channel;
    }

    [LoggerMessage(7153, LogLevel.Information, "Connected to RabbitMQ at {Host}:{Port}.", EventName = "BrokerConnected")]
    private partial void LogConnected(string host, int port);

    [LoggerMessage(7154, LogLevel.Error, "RabbitMQ at {Host}:{Port} cannot be reached or does not confirm; events wait in the database, and it is tried again.", EventName = "BrokerLost")]
    private partial void LogLost(string host, int port, Exception fault);
}
