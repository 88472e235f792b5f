using System.Text;
using System.Text.Json.Nodes;
using MediaCore.Numbers.Brokers;
using MediaCore.Numbers.Events;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Events;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace MediaCore.Numbers.Tests.Brokers;

/// <summary>Events over a real RabbitMQ.</summary>
public sealed class BrokerWorkTests
{
    private const string Queue = "tests";

    [Fact]
    public async Task Events_ComeInOrder_AlthoughTheBrokerIsAwayTwice()
    {
        await using EventWorld world = await EventWorld.CreateAsync(StoreProvider.Sqlite);
        await using RabbitBroker broker = new();
        await using BrokerWork work = new(world.Database.Store, new RabbitLine(broker.Options, NullLogger<RabbitLine>.Instance), "one");
        await using BrokerWork other = new(world.Database.Store, new RabbitLine(broker.Options, NullLogger<RabbitLine>.Instance), "two");

        // What was before there was a broker is not for it.
        await AddAsync(world, -1);
        Assert.True(await work.RunOnceAsync());
        await AddAsync(world, 0, 1, 2, 3, 4, 5);
        Assert.False(await work.RunOnceAsync());

        await broker.StartAsync();
        await using (IConnection connection = await ConnectAsync(broker))
        {
            await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
            await channel.ExchangeDeclareAsync(broker.Options.Exchange, ExchangeType.Topic, durable: true, cancellationToken: CancellationToken.None);
            await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: CancellationToken.None);
            await channel.QueueBindAsync(Queue, broker.Options.Exchange, $"{world.Tenant.TenantId}.message.*", cancellationToken: CancellationToken.None);
            Assert.True(await work.RunOnceAsync(CancellationToken.None));
            Assert.True(await work.RunOnceAsync(CancellationToken.None));
            BasicGetResult first = (await channel.BasicGetAsync(Queue, autoAck: true, CancellationToken.None))!;
            Assert.Equal(($"{world.Tenant.TenantId}.message.received", DeliveryModes.Persistent, "message.received", "application/json"), (first.RoutingKey, first.BasicProperties.DeliveryMode, first.BasicProperties.Type, first.BasicProperties.ContentType));
            Assert.Equal((await world.EventsAsync())[1].Id.ToString(), first.BasicProperties.MessageId);
            Assert.Equal("""{"type":"message.received","timestamp":"2026-11-23T12:00:00.000Z","subject":"call-0","sequence":1,"data":{"i":0}}""", Encoding.UTF8.GetString(first.Body.Span));
        }

        // One node at a time.
        await AddAsync(world, 6, 7);
        Assert.True(await other.RunOnceAsync());
        await broker.StopAsync();
        Assert.False(await work.RunOnceAsync());
        await AddAsync(world, 8, 9);
        Assert.False(await work.RunOnceAsync());

        await broker.StartAsync();
        world.Database.Clock.Advance(EventLimits.Lease);
        Assert.True(await other.RunOnceAsync());
        Assert.True(await work.RunOnceAsync());
        await using IConnection again = await ConnectAsync(broker);
        await using IChannel reading = await again.CreateChannelAsync(cancellationToken: CancellationToken.None);
        List<int> got = [];
        while (await reading.BasicGetAsync(Queue, autoAck: true, CancellationToken.None) is { } message)
        {
            got.Add((int)JsonNode.Parse(message.Body.Span)!["data"]!["i"]!);
        }

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], got.Order());
        foreach (int subject in new[] { 0, 1, 2 })
        {
            Assert.Equal(Enumerable.Range(1, 9).Where(i => i % 3 == subject), got.Where(i => i % 3 == subject));
        }
    }

    [Fact]
    public void Options_DoNotShowThePassword() => Assert.DoesNotContain("secret", new RabbitOptions(new Uri("amqps://broker/"), "user", "secret", "x").ToString(), StringComparison.Ordinal);

    private static async Task AddAsync(EventWorld world, params int[] all)
    {
        foreach (int i in all)
        {
            await world.AddEventAsync($"call-{(i + 3) % 3}", data: new JsonObject { ["i"] = i }, type: i < 0 ? ServiceEventTypes.CallCompleted : ServiceEventTypes.MessageReceived);
        }

        Assert.Equal(all.Length, await world.Numbering.RunOnceAsync());
    }

    private static Task<IConnection> ConnectAsync(RabbitBroker broker) => new ConnectionFactory { Uri = broker.Options.Uri, UserName = "guest", Password = "guest" }.CreateConnectionAsync();
}
