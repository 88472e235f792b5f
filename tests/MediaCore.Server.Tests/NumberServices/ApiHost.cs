using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.Authentication;
using MediaCore.Control.NumberServices;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Routing;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Calls;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Primitives;
using MediaCore.Server.Http;
using MediaCore.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>The API over gRPC and REST on free ports, on a database of its own.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    /// <summary>A provider of messages that all numbers are reached by.</summary>
    public const string Provider = "provider";

    /// <summary>What it shows.</summary>
    public const string ProviderSecret = "0123456789abcdef";

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private readonly HttpEndpoint _http;
    private readonly PrometheusExporter _metrics;
    private readonly TemporaryFolder _folder;
    private RoutingTableFeed? _table;
    private ConfigurationFeed? _configurations;

    private ApiHost(TestDatabase database, NumberApi api, WebApplication app, GrpcChannel channel, HttpEndpoint http, PrometheusExporter metrics, TemporaryFolder folder)
    {
        Database = database;
        Api = api;
        _app = app;
        _channel = channel;
        _http = http;
        _metrics = metrics;
        _folder = folder;
        Rest = new HttpClient { BaseAddress = new Uri($"http://{http.LocalEndpoint}") };
    }

    public static MessagingOptions Messaging { get; } = new() { Routes = [new MessageRoute("+", [Provider])] };

    public TestDatabase Database { get; }

    public MessageIntake Intake => new(Database.Store, Messaging);

    public NumberApi Api { get; }

    public HttpClient Rest { get; }

    /// <summary>The queues of a host that drives calls.</summary>
    public QueueDesks? Desks { get; private set; }

    public string Folder => _folder.Path;

    public string GrpcAddress => $"http://{_channel.Target}";

    /// <summary>Without anything to show: the platform.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public Control.V1.Tenants.TenantsClient Tenants => new(_channel);

    public Control.V1.Numbers.NumbersClient Numbers => new(_channel);

    public Control.V1.Plans.PlansClient Plans => new(_channel);

    public Control.V1.Queues.QueuesClient Queues => new(_channel);

    public static async Task<ApiHost> StartAsync(StoreProvider provider = StoreProvider.Sqlite, TimeProvider? time = null, bool drivesCalls = false, IReadOnlyList<IPNetwork>? proxies = null)
    {
        TestDatabase database = await TestDatabase.CreateAsync(provider);
        QueueDesks? desks = null;
        RoutingTableFeed? table = null;
        ConfigurationFeed? configurations = null;
        PlanSimulator? simulator = null;
        if (drivesCalls)
        {
            desks = await QueueDesks.StartAsync(database.Store, "n1");
            table = await RoutingTableFeed.StartAsync(database.Store);
            configurations = await ConfigurationFeed.StartAsync(database.Store);
            simulator = new PlanSimulator(() => table.Current, () => configurations.Current, new CallServices { Time = database.Clock, Control = new RecordedControl(), QueueFigures = desks }, async cancellationToken =>
            {
                await table.RefreshAsync(cancellationToken);
                await configurations.RefreshAsync(cancellationToken);
            });
        }

        DocumentChecks documents = new(database.Store);
        TemporaryFolder folder = new();
        TokenStore tokens = new(Path.Combine(folder.Path, "tokens.json"), TimeProvider.System, NullLogger.Instance);
        NumberApiOptions options = new()
        {
            Node = "n1",
            PromptFolder = Path.Combine(folder.Path, "prompts"),
            RecordingFolder = Path.Combine(folder.Path, "recordings"),
            Queues = desks,
            Simulator = simulator,
            Messages = new MessageDesk(database.Store, Messaging),
        };
        NumberApi api = new(
            database.Store,
            new SipAccounts(database.Store, "test"),
            drivesCalls ? options with { CheckQueue = documents.CheckQueueAsync } : options,
            time ?? TimeProvider.System,
            NullLoggerFactory.Instance);
        ControlAuthentication authentication = new(tokens, allowsAnonymous: true, TimeProvider.System, NullLoggerFactory.Instance) { Keys = api.Keys };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static o => o.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
        api.AddTo(builder.Services);
        builder.Services.AddGrpc(static options => options.Interceptors.Add<ApiInterceptor>());
        WebApplication app = builder.Build();
        app.Use(next => http => authentication.InvokeAsync(http, next));
        NumberApi.MapTo(app);
        await app.StartAsync(CancellationToken.None);
        PrometheusExporter metrics = new(static _ => false);
        HttpEndpoint http = await HttpEndpoint.StartAsync(NetworkEndpoint.From(IPAddress.Loopback, 0), new Health(), static () => "[]\n", metrics, NullLoggerFactory.Instance, CancellationToken.None);
        http.Api = new RestApi(api, authentication, NullLoggerFactory.Instance, proxies);
        http.Carriers = new CarrierApi(new MessageIntake(database.Store, Messaging), [new HttpCarrierOptions { Name = Provider, Url = new Uri("http://localhost/"), InboundSecret = ProviderSecret }]);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ApiHost(database, api, app, GrpcChannel.ForAddress(address), http, metrics, folder) { Desks = desks, _table = table, _configurations = configurations };
    }

    /// <summary>Calls any method with a message of JSON; the answer of the first message for what comes in pieces.</summary>
    public async Task<IMessage> CallAsync(ApiMethod method, string json, Metadata? headers = null)
    {
        MethodDescriptor descriptor = ApiMethods.Describe(method);
        Marshaller<IMessage> requests = new(static message => message.ToByteArray(), descriptor.InputType.Parser.ParseFrom);
        Marshaller<IMessage> responses = new(static message => message.ToByteArray(), descriptor.OutputType.Parser.ParseFrom);
        MethodType type = descriptor.IsServerStreaming ? MethodType.ServerStreaming : descriptor.IsClientStreaming ? MethodType.ClientStreaming : MethodType.Unary;
        Method<IMessage, IMessage> call = new(type, descriptor.Service.FullName, descriptor.Name, requests, responses);
        IMessage request = new JsonParser(JsonParser.Settings.Default).Parse(json, descriptor.InputType);
        CallOptions options = new(headers ?? []);
        switch (type)
        {
            case MethodType.ServerStreaming:
                using (AsyncServerStreamingCall<IMessage> pieces = Invoker.AsyncServerStreamingCall(call, null, options, request))
                {
                    return await pieces.ResponseStream.MoveNext(CancellationToken.None) ? pieces.ResponseStream.Current : (IMessage)Activator.CreateInstance(descriptor.OutputType.ClrType)!;
                }

            case MethodType.ClientStreaming:
                using (AsyncClientStreamingCall<IMessage, IMessage> upload = Invoker.AsyncClientStreamingCall(call, null, options))
                {
                    try
                    {
                        await upload.RequestStream.WriteAsync(request, CancellationToken.None);
                        await upload.RequestStream.CompleteAsync();
                    }
                    catch (RpcException)
                    {
                        // Refused before it was read: the answer says why.
                    }

                    return await upload.ResponseAsync;
                }

            default:
                return await Invoker.AsyncUnaryCall(call, null, options, request).ResponseAsync;
        }
    }

    public static Metadata Bearer(string secret) => new() { { "authorization", $"Bearer {secret}" } };

    public static Metadata For(string tenant) => new() { { ApiInterceptor.TenantHeader, tenant } };

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        _channel.Dispose();
        await _http.DisposeAsync();
        await _app.DisposeAsync();
        await Api.DisposeAsync();
        foreach (IAsyncDisposable? part in (IAsyncDisposable?[])[Desks, _table, _configurations])
        {
            await (part?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await Database.DisposeAsync();
        _metrics.Dispose();
        _folder.Dispose();
    }

    private sealed class Health : IServerHealth
    {
        public Task<string?> GetFailureAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

        public string? GetUnreadiness() => null;
    }
}
