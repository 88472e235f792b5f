namespace MediaCore.Grpc.Tests.Interop;

/// <summary>The suite by @grpc/grpc-js against our server.</summary>
public sealed class NodeClientTests(NodeClientTests.Fixture fixture) : IClassFixture<NodeClientTests.Fixture>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_ByGrpcJs_AtOurServer(string name) => Assert.Equal("ok", fixture.Run.ResultOf(name));

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly InteropServerFixture _server = new();

        internal PeerRun Run { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _server.InitializeAsync();
            Run = await PeerRun.RunAsync(NodeModules.Program, NodeModules.Run("interop-client.cjs", $"{_server.Server.Port}"));
        }

        public async Task DisposeAsync()
        {
            await _server.DisposeAsync();
            Assert.Equal("", string.Join('\n', _server.Server.Logs.Errors));
        }
    }
}
