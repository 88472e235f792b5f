using System.IO.Compression;
using Google.Protobuf;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Interop;

namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>Calls that are wrong by gRPC's rules, each with the status that it must get.</summary>
public sealed class HostileCallTests(InteropServerFixture fixture) : IClassFixture<InteropServerFixture>
{
    private const string Unary = "/grpc.testing.TestService/UnaryCall";
    private const string ClientStreaming = "/grpc.testing.TestService/StreamingInputCall";
    private static readonly byte[] s_request = Prefix(0, new SimpleRequest { ResponseSize = 3 }.ToByteArray());

    public static TheoryData<string> Cases => [.. All.Select(static c => c.Name)];

    internal static IReadOnlyList<(string Name, string Outcome, (string Name, string Value)[] Headers, byte[]? Body)> All { get; } =
    [
        ("a good call", "grpc 0", Http2Peer.CallHeaders(Unary), s_request),
        ("a good call with a content subtype", "grpc 0", Http2Peer.CallHeaders(Unary, ("content-type", "application/grpc+proto")), s_request),
        ("a good call without te", "grpc 0", [.. Http2Peer.CallHeaders(Unary).Where(static h => h.Name != "te")], s_request),
        ("no content type", "http 404", [.. Http2Peer.CallHeaders("/other").Where(static h => h.Name != "content-type")], s_request),
        ("another content type", "http 415", Http2Peer.CallHeaders(Unary, ("content-type", "application/json")), s_request),
        ("gRPC-Web", "http 415", Http2Peer.CallHeaders(Unary, ("content-type", "application/grpc-web")), s_request),
        ("a content type that begins alike", "http 415", Http2Peer.CallHeaders(Unary, ("content-type", "application/grpcs")), s_request),
        ("GET", "http 405", Http2Peer.CallHeaders(Unary, (":method", "GET")), null),
        ("an unknown method", "grpc 12", Http2Peer.CallHeaders("/grpc.testing.TestService/NoSuchCall"), s_request),
        ("an unknown service", "grpc 12", Http2Peer.CallHeaders("/no.such.Service/Call"), s_request),
        ("no path to speak of", "grpc 12", Http2Peer.CallHeaders("/"), s_request),
        ("a path in three parts", "grpc 12", Http2Peer.CallHeaders("/grpc.testing.TestService/UnaryCall/more"), s_request),
        ("a timeout without a unit", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-timeout", "100")), s_request),
        ("a timeout without a number", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-timeout", "S")), s_request),
        ("a negative timeout", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-timeout", "-1S")), s_request),
        ("a timeout of nine digits", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-timeout", "100000000S")), s_request),
        ("the longest timeout", "grpc 0", Http2Peer.CallHeaders(Unary, ("grpc-timeout", "99999999H")), s_request),
        ("a timeout that is over", "grpc 4", Http2Peer.CallHeaders(ClientStreaming, ("grpc-timeout", "0n")), null),
        ("an unknown encoding", "grpc 12", Http2Peer.CallHeaders(Unary, ("grpc-encoding", "snappy")), s_request),
        ("a compressed message without an encoding", "grpc 13", Http2Peer.CallHeaders(Unary), Prefix(1, [1, 2, 3])),
        ("a compressed message with identity", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-encoding", "identity")), Prefix(1, [1, 2, 3])),
        ("a compressed flag that is none", "grpc 13", Http2Peer.CallHeaders(Unary), Prefix(2, [])),
        ("the longest length", "grpc 8", Http2Peer.CallHeaders(Unary), [0, 0xff, 0xff, 0xff, 0xff]),
        ("a length one too long", "grpc 8", Http2Peer.CallHeaders(Unary), [0, 0, 0x40, 0, 1]),
        ("a length that is not there", "grpc 13", Http2Peer.CallHeaders(Unary), [0, 0, 0, 1, 0, 1, 2, 3]),
        ("half a prefix", "grpc 13", Http2Peer.CallHeaders(Unary), [0, 0]),
        ("no message", "grpc 13", Http2Peer.CallHeaders(Unary), null),
        ("an empty body", "grpc 13", Http2Peer.CallHeaders(Unary), []),
        ("two messages", "grpc 13", Http2Peer.CallHeaders(Unary), [.. s_request, .. s_request]),
        ("a message that is none", "grpc 13", Http2Peer.CallHeaders(Unary), Prefix(0, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
        ("a message with a length beyond it", "grpc 13", Http2Peer.CallHeaders(Unary), Prefix(0, [0x1a, 0xff, 0xff, 0x7f, 1])),
        ("a compressed message that is none", "grpc 13", Http2Peer.CallHeaders(Unary, ("grpc-encoding", "gzip")), Prefix(1, [1, 2, 3, 4, 5, 6, 7, 8])),
        ("a bomb of 64 MiB", "grpc 8", Http2Peer.CallHeaders(Unary, ("grpc-encoding", "gzip")), Prefix(1, Deflate(64 << 20))),
        ("a bomb in a stream", "grpc 8", Http2Peer.CallHeaders(ClientStreaming, ("grpc-encoding", "gzip")), Prefix(1, Deflate(64 << 20))),
        ("binary metadata that is no base64", "grpc 0", Http2Peer.CallHeaders(Unary, ("x-bin", "!!!!"), ("x-grpc-test-echo-trailing-bin", "*")), s_request),
        ("metadata that cannot be echoed", "grpc 0", Http2Peer.CallHeaders(Unary, ("x-grpc-test-echo-initial", "tab\there")), s_request),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WrongCall_GetsItsStatus(string name)
    {
        (_, string outcome, (string Name, string Value)[] headers, byte[]? body) = All.Single(c => c.Name == name);
        await using Http2Peer peer = await Http2Peer.ConnectAsync(fixture.Server.Port);
        StreamResult result = await peer.CallAsync(headers, body);
        Assert.Equal(outcome, result.Outcome);
        Assert.Null(peer.GoAwayCode);

        // The connection is as good as before.
        Assert.Equal("grpc 0", (await peer.CallAsync(Http2Peer.CallHeaders(Unary), s_request)).Outcome);
        Assert.Equal("", string.Join('\n', fixture.Server.Logs.Errors));
    }

    [Fact]
    public async Task UnknownEncoding_IsToldTheKnownOnes()
    {
        await using Http2Peer peer = await Http2Peer.ConnectAsync(fixture.Server.Port);
        StreamResult result = await peer.CallAsync(Http2Peer.CallHeaders(Unary, ("grpc-encoding", "snappy")), s_request);
        Assert.Equal("identity,gzip", result.Headers["grpc-accept-encoding"]);
    }

    internal static byte[] Prefix(byte flag, byte[] message) => [flag, .. Http2Frame.Number((uint)message.Length), .. message];

    private static byte[] Deflate(int zeros)
    {
        MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < zeros / block.Length; i++)
            {
                gzip.Write(block);
            }
        }

        return compressed.ToArray();
    }
}
