using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Hostile;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Server;

/// <summary>A server with a <see cref="ScriptedService"/>, a clock that the test moves, and our client.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string UnaryPath = "/grpc.testing.TestService/UnaryCall";
    public const string ServerStreamingPath = "/grpc.testing.TestService/StreamingOutputCall";
    public const string DuplexPath = "/grpc.testing.TestService/FullDuplexCall";

    private readonly GrpcChannel _channel;

    private ScriptedServer(TestServer server, ScriptedService service, ManualTime time)
    {
        Server = server;
        Service = service;
        Time = time;
        _channel = server.Connect();
        Client = new TestService.TestServiceClient(_channel);
    }

    public TestServer Server { get; }

    public ScriptedService Service { get; }

    public ManualTime Time { get; }

    public TestService.TestServiceClient Client { get; }

    public static byte[] EmptyMessage { get; } = [0, 0, 0, 0, 0];

    public static async Task<ScriptedServer> StartAsync(Action<GrpcServiceOptions>? options = null, Action<IServiceCollection>? services = null)
    {
        ScriptedService service = new();
        ManualTime time = new();
        TestServer server = await TestServer.StartAsync(
            static endpoints => endpoints.MapGrpcService<ScriptedService>(),
            options,
            collection =>
            {
                collection.AddSingleton(service);
                collection.AddSingleton<TimeProvider>(time);
                services?.Invoke(collection);
            });
        return new ScriptedServer(server, service, time);
    }

    public static Payload PayloadOf(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    public Task<Http2Peer> ConnectPeerAsync() => Http2Peer.ConnectAsync(Server.Port);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
    }
}
