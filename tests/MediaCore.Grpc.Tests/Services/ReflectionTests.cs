using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using MediaCore.Grpc.Tests.Interop;
using MediaCore.Grpc.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using V1Alpha = Grpc.Reflection.V1Alpha;

namespace MediaCore.Grpc.Tests.Services;

public sealed class ReflectionTests
{
    [Fact]
    public async Task Services_AreListed()
    {
        await using TestServer server = await StartAsync();
        ServerReflectionResponse response = await AskAsync(server, new ServerReflectionRequest { ListServices = "" });
        Assert.Equal(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "grpc.testing.TestService"],
            response.ListServicesResponse.Service.Select(static s => s.Name));
    }

    [Theory]
    [InlineData("grpc.testing.TestService")]
    [InlineData("grpc.testing.TestService.UnaryCall")]
    [InlineData("grpc.testing.SimpleRequest")]
    [InlineData("grpc.testing.SimpleRequest.payload")]
    [InlineData("grpc.testing.PayloadType")]
    public async Task Symbol_HasItsFile(string symbol)
    {
        await using TestServer server = await StartAsync();
        ServerReflectionResponse response = await AskAsync(server, new ServerReflectionRequest { FileContainingSymbol = symbol });
        FileDescriptorProto file = FileDescriptorProto.Parser.ParseFrom(response.FileDescriptorResponse.FileDescriptorProto[0]);
        Assert.Equal("interop.proto", file.Name);
        Assert.Contains(file.Service, static s => s.Name == "TestService");
    }

    [Fact]
    public async Task File_IsFoundByItsName()
    {
        await using TestServer server = await StartAsync();
        ServerReflectionResponse response = await AskAsync(server, new ServerReflectionRequest { Host = "h", FileByFilename = "grpc/reflection/v1/reflection.proto" });
        Assert.Single(response.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal("h", response.ValidHost);
        Assert.Equal("grpc/reflection/v1/reflection.proto", response.OriginalRequest.FileByFilename);
    }

    [Fact]
    public async Task WhatIsNotThere_IsAnAnswer_AndTheStreamGoesOn()
    {
        await using TestServer server = await StartAsync();
        using GrpcChannel channel = server.Connect();
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        foreach ((ServerReflectionRequest request, StatusCode code) in new[]
        {
            (new ServerReflectionRequest { FileByFilename = "none.proto" }, StatusCode.NotFound),
            (new ServerReflectionRequest { FileContainingSymbol = "no.Such" }, StatusCode.NotFound),
            (new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "grpc.testing.Empty", ExtensionNumber = 5 } }, StatusCode.NotFound),
            (new ServerReflectionRequest { AllExtensionNumbersOfType = "no.Such" }, StatusCode.NotFound),
            (new ServerReflectionRequest { AllExtensionNumbersOfType = "grpc.testing.TestService" }, StatusCode.NotFound),
            (new ServerReflectionRequest(), StatusCode.InvalidArgument),
        })
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal((int)code, call.ResponseStream.Current.ErrorResponse.ErrorCode);
        }

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { AllExtensionNumbersOfType = "grpc.testing.Empty" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Empty(call.ResponseStream.Current.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task OlderVersion_AnswersTheSame()
    {
        await using TestServer server = await StartAsync();
        using GrpcChannel channel = server.Connect();
        using AsyncDuplexStreamingCall<V1Alpha.ServerReflectionRequest, V1Alpha.ServerReflectionResponse> call = new V1Alpha.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new V1Alpha.ServerReflectionRequest { FileContainingSymbol = "grpc.testing.Empty" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("interop.proto", FileDescriptorProto.Parser.ParseFrom(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto[0]).Name);
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        static endpoints =>
        {
            endpoints.MapGrpcService<InteropService>();
            endpoints.MapGrpcReflectionService();
        },
        services: static services => services.AddGrpcReflection());

    private static async Task<ServerReflectionResponse> AskAsync(TestServer server, ServerReflectionRequest request)
    {
        using GrpcChannel channel = server.Connect();
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext());
        ServerReflectionResponse response = call.ResponseStream.Current;
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        return response;
    }
}
