using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Grpc.Net.Client;
using MediaCore.Grpc.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace MediaCore.Grpc.Tests.Services;

public sealed class HealthTests
{
    [Fact]
    public async Task Check_SaysWhatWasSaid()
    {
        HealthServiceImpl health = new();
        await using TestServer server = await StartAsync(health);
        using GrpcChannel channel = server.Connect();
        Health.HealthClient client = new(channel);
        health.SetStatus("", ServingStatus.Serving);
        health.SetStatus("a.Service", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest { Service = "a.Service" })).Status);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "b.Service" }));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        health.ClearStatus("a.Service");
        await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "a.Service" }));
    }

    [Fact]
    public async Task Watch_OfANameThatIsTooLong_IsRefused()
    {
        await using TestServer server = await StartAsync(new HealthServiceImpl());
        using GrpcChannel channel = server.Connect();
        using AsyncServerStreamingCall<HealthCheckResponse> call = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = new string('s', 257) });
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
    }

    [Fact]
    public async Task Watch_SaysEachChange_UntilItIsCancelled()
    {
        HealthServiceImpl health = new();
        await using TestServer server = await StartAsync(health);
        using GrpcChannel channel = server.Connect();
        using CancellationTokenSource cancellation = new();
        using AsyncServerStreamingCall<HealthCheckResponse> call = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = "s" }, cancellationToken: cancellation.Token);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        health.SetStatus("s", ServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        health.SetStatus("other", ServingStatus.NotServing);
        health.SetStatus("s", ServingStatus.Serving);
        health.SetStatus("s", ServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
        health.ClearAll();
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
    }

    private static Task<TestServer> StartAsync(HealthServiceImpl health) => TestServer.StartAsync(
        static endpoints => endpoints.MapGrpcService<HealthServiceImpl>(),
        services: services => services.AddSingleton(health));

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext());
        return call.ResponseStream.Current.Status;
    }
}
