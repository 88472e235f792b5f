using Grpc.Testing;
using MediaCore.Wire.Tests.Processes;

namespace MediaCore.Grpc.Tests.Interop;

/// <summary>The suite by Debian's grpcio, which is gRPC's C core, against our server.</summary>
public sealed class PythonClientTests(PythonClientTests.Fixture fixture) : IClassFixture<PythonClientTests.Fixture>
{
    public static TheoryData<string> Cases => [.. InteropCases.All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_ByGrpcio_AtOurServer(string name) => Assert.Equal("ok", fixture.Run.ResultOf(name));

    public sealed class Fixture : IAsyncLifetime
    {
        /// <summary>Debian's own: its packages are not seen by any other Python that a machine may have.</summary>
        private const string Python = "/usr/bin/python3";

        private readonly InteropServerFixture _server = new();

        internal PeerRun Run { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await _server.InitializeAsync();
            using ScratchFolder folder = new();
            string descriptor = folder.Combine("interop.binpb");
            await File.WriteAllBytesAsync(descriptor, InteropReflection.Descriptor.SerializedData.ToByteArray());
            Run = await PeerRun.RunAsync(Python, Path.Combine(AppContext.BaseDirectory, "Interop", "interop_client.py"), $"{_server.Server.Port}", descriptor);
        }

        public async Task DisposeAsync()
        {
            await _server.DisposeAsync();
            Assert.Equal("", string.Join('\n', _server.Server.Logs.Errors));
        }
    }
}
