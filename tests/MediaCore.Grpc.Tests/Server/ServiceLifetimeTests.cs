using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MediaCore.Grpc.Tests.Server;

public sealed class ServiceLifetimeTests
{
    [Theory]
    [InlineData(null, 2, 2)]
    [InlineData(ServiceLifetime.Singleton, 1, 0)]
    [InlineData(ServiceLifetime.Scoped, 2, 2)]
    [InlineData(ServiceLifetime.Transient, 2, 2)]
    public async Task Service_LivesAsItIsRegistered_ForACallWhenItIsNot(ServiceLifetime? lifetime, int made, int disposed)
    {
        Count count = new();
        await using TestServer server = await TestServer.StartAsync(
            static endpoints => endpoints.MapGrpcService<CountedService>(),
            services: services =>
            {
                services.AddSingleton(count);
                if (lifetime is { } registered)
                {
                    services.Add(new ServiceDescriptor(typeof(CountedService), typeof(CountedService), registered));
                }
            });
        using GrpcChannel channel = server.Connect();
        TestService.TestServiceClient client = new(channel);
        await client.EmptyCallAsync(new Empty());
        await client.EmptyCallAsync(new Empty());
        using AsyncServerStreamingCall<StreamingOutputCallResponse> streaming = client.StreamingOutputCall(new StreamingOutputCallRequest());
        await Assert.ThrowsAsync<RpcException>(() => streaming.ResponseStream.MoveNext());
        await MediaCore.Wire.Tests.Eventually.IsAsync(() => count.Disposed, n => n == (disposed == 0 ? 0 : disposed + 1), "released services");
        Assert.Equal(made == 1 ? 1 : made + 1, count.Made);
    }

    [Fact]
    public async Task ClassThatIsNoService_IsRefusedWhenMapped() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => TestServer.StartAsync(static endpoints => endpoints.MapGrpcService<Count>()));

    [Fact]
    public void MappingWithoutAddGrpc_SaysWhatToDo()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore();
        WebApplication application = builder.Build();
        Assert.Contains("AddGrpc", Assert.Throws<InvalidOperationException>(() => application.MapGrpcService<CountedService>()).Message, StringComparison.Ordinal);
    }

    internal sealed class Count
    {
        public int Made { get; set; }

        public int Disposed { get; set; }
    }

    internal sealed class CountedService : TestService.TestServiceBase, IDisposable
    {
        private readonly Count _count;

        public CountedService(Count count)
        {
            _count = count;
            _count.Made++;
        }

        public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

        public void Dispose() => _count.Disposed++;
    }
}
