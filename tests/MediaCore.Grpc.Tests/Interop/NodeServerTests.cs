using Grpc.Net.Client;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>The suite by our client against a server on @grpc/grpc-js.</summary>
public sealed class NodeServerTests(NodeServerTests.Fixture fixture) : IClassFixture<NodeServerTests.Fixture>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Case_ByOurClient_AtGrpcJs(string name)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(fixture.Address);
        await InteropCases.All[name](channel);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ScratchFolder _folder = new();
        private ChildProcess? _process;

        internal string Address { get; private set; } = "";

        public async Task InitializeAsync()
        {
            _process = ChildProcess.Start(NodeModules.Program, NodeModules.Run("interop-server.cjs"), _folder.Path);
            string line = await _process.WaitForLineAsync(static l => l.StartsWith("port ", StringComparison.Ordinal), "port of the server");
            Address = $"http://127.0.0.1:{line["port ".Length..]}";
        }

        public async Task DisposeAsync()
        {
            await _process!.DisposeAsync();
            _folder.Dispose();
        }
    }
}
