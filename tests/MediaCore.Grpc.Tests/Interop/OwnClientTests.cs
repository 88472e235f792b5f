using Grpc.Net.Client;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>The suite by our client against our server.</summary>
public sealed class OwnClientTests(InteropServerFixture fixture) : IClassFixture<InteropServerFixture>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case_ByOurClient_AtOurServer(string name)
    {
        using GrpcChannel channel = fixture.Server.Connect();
        await InteropCases.All[name](channel);
        Assert.Empty(fixture.Server.Logs.Errors);
    }
}
