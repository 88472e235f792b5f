using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Testing;
using MediaCore.Grpc.Tests.Interop;
using MediaCore.Grpc.Tests.Server;
using MediaCore.Wire.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace MediaCore.Grpc.Tests.Hostile;

/// <summary>Thousands of frames and calls that are wrong at every level: the server answers what it must, stays well, and keeps none of it.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class HostileFrameTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Unary = "/grpc.testing.TestService/UnaryCall";
    private const string ClientStreaming = "/grpc.testing.TestService/StreamingInputCall";
    private const long MaxGrowthBytes = 64L << 20;
    private static readonly byte[] s_request = HostileCallTests.Prefix(0, new SimpleRequest { ResponseSize = 3 }.ToByteArray());

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(
        static endpoints => endpoints.MapGrpcService<InteropService>(),
        services: static services => services.AddSingleton<InteropService>());

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>Frames that break the connection's rules (RFC 9113), one connection each.</summary>
    public static TheoryData<string> BrokenFrames => [.. s_broken.Keys];

    private static readonly Dictionary<string, Func<byte[]>> s_broken = new(StringComparer.Ordinal)
    {
        ["DATA on stream 0"] = static () => Http2Frame.Make(Http2Frame.Data, 0, 0, [1, 2, 3]),
        ["DATA on an idle stream"] = static () => Http2Frame.Make(Http2Frame.Data, 0, 7, [1, 2, 3]),
        ["HEADERS on an even stream"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, 2, HeaderBlock.Write(Http2Peer.CallHeaders(Unary))),
        ["HEADERS on stream 0"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, 0, HeaderBlock.Write(Http2Peer.CallHeaders(Unary))),
        ["headers that are no HPACK"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ["an index beyond the tables"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, 1, [0xfe]),
        ["a text longer than its block"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, 1, [0x00, 0x05, 0x61]),
        ["PADDED beyond the frame"] = static () => Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders | 8, 1, [0xff, 1, 2]),
        ["PRIORITY of a wrong length"] = static () => Http2Frame.Make(Http2Frame.Priority, 0, 1, [1, 2, 3]),
        ["RST_STREAM of a wrong length"] = static () => Http2Frame.Make(Http2Frame.ResetStream, 0, 1, [1]),
        ["RST_STREAM on stream 0"] = static () => Http2Frame.Make(Http2Frame.ResetStream, 0, 0, Http2Frame.Number(8)),
        ["RST_STREAM on an idle stream"] = static () => Http2Frame.Make(Http2Frame.ResetStream, 0, 9, Http2Frame.Number(8)),
        ["SETTINGS of a wrong length"] = static () => Http2Frame.Make(Http2Frame.Settings, 0, 0, [0, 1, 0, 0]),
        ["SETTINGS on a stream"] = static () => Http2Frame.Make(Http2Frame.Settings, 0, 1, []),
        ["an acknowledgement with a body"] = static () => Http2Frame.Make(Http2Frame.Settings, Http2Frame.Acknowledge, 0, [0, 1, 0, 0, 0, 0]),
        ["a window that is too large"] = static () => Http2Frame.Make(Http2Frame.Settings, 0, 0, [0, 4, 0x80, 0, 0, 0]),
        ["a frame size that is too small"] = static () => Http2Frame.Make(Http2Frame.Settings, 0, 0, [0, 5, 0, 0, 0, 1]),
        ["PUSH_PROMISE of a client"] = static () => Http2Frame.Make(Http2Frame.PushPromise, Http2Frame.EndHeaders, 1, [0, 0, 0, 2]),
        ["PING of a wrong length"] = static () => Http2Frame.Make(Http2Frame.Ping, 0, 0, [1, 2, 3]),
        ["PING on a stream"] = static () => Http2Frame.Make(Http2Frame.Ping, 0, 1, new byte[8]),
        ["WINDOW_UPDATE of nothing"] = static () => Http2Frame.Make(Http2Frame.WindowUpdate, 0, 0, Http2Frame.Number(0)),
        ["WINDOW_UPDATE of a wrong length"] = static () => Http2Frame.Make(Http2Frame.WindowUpdate, 0, 0, [1]),
        ["a window beyond its bound"] = static () => [.. Http2Frame.Make(Http2Frame.WindowUpdate, 0, 0, Http2Frame.Number(0x7fffffff)), .. Http2Frame.Make(Http2Frame.WindowUpdate, 0, 0, Http2Frame.Number(0x7fffffff))],
        ["CONTINUATION of nothing"] = static () => Http2Frame.Make(Http2Frame.Continuation, Http2Frame.EndHeaders, 1, [1]),
        ["DATA within headers"] = static () => [.. Http2Frame.Make(Http2Frame.Headers, 0, 1, HeaderBlock.Write(Http2Peer.CallHeaders(Unary))), .. Http2Frame.Make(Http2Frame.Data, 0, 1, [1])],
        ["a frame that is too long"] = static () => Http2Frame.Make(Http2Frame.Data, 0, 1, new byte[64], announcedLength: 0xffffff),
    };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task BrokenFrame_EndsItsConnection_AndNoOther(string name)
    {
        await using Http2Peer bystander = await Http2Peer.ConnectAsync(_server.Port);
        await using (Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port))
        {
            await peer.SendAsync(s_broken[name]());
            await peer.Closed.WaitAsync(Eventually.Patience);
        }

        await AssertWellAsync(bystander);
    }

    [Fact]
    public async Task UnknownFrameType_IsIgnored()
    {
        await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
        await peer.SendAsync(Http2Frame.Make(0x77, 0xff, 0, [1, 2, 3]));
        await AssertWellAsync(peer);
    }

    [Fact]
    public async Task EndlessHeaders_EndTheConnection_BeforeTheyFillMemory()
    {
        await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
        await peer.SendAsync(Http2Frame.Make(Http2Frame.Headers, 0, 1, HeaderBlock.Write(Http2Peer.CallHeaders(Unary))));
        byte[] more = Http2Frame.Make(Http2Frame.Continuation, 0, 1, HeaderBlock.Write(("x-more", new string('a', 8000))));
        int sent = 0;
        for (; sent < 1000 && !peer.IsClosed; sent++)
        {
            await peer.SendAsync(more);
        }

        await peer.Closed.WaitAsync(Eventually.Patience);
        output.WriteLine($"closed after {sent} CONTINUATION frames, code {peer.GoAwayCode}");
        await AssertWellAsync();
    }

    [Fact]
    public async Task TooManyHeaders_AreRefused()
    {
        await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
        (string Name, string Value)[] many = [.. Enumerable.Range(0, 200).Select(static n => ($"x-{n}", "v"))];
        StreamResult result = await peer.CallAsync([.. Http2Peer.CallHeaders(Unary), .. many], s_request);
        Assert.NotEqual("grpc 0", result.Outcome);
        await AssertWellAsync();
    }

    [Fact]
    public async Task ResetStorm_EndsInEnhanceYourCalm_OrIsBorne()
    {
        for (int round = 0; round < 3; round++)
        {
            await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
            byte[] headers = HeaderBlock.Write(Http2Peer.CallHeaders(ClientStreaming));
            for (int i = 0; i < 1000 && !peer.IsClosed; i++)
            {
                int stream = peer.TakeStream();
                byte[] frames = [.. Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, stream, headers), .. Http2Frame.Make(Http2Frame.ResetStream, 0, stream, Http2Frame.Number(8))];
                await peer.SendAsync(frames);
            }

            output.WriteLine(peer.IsClosed ? $"closed with code {peer.GoAwayCode}" : "borne");
        }

        await AssertWellAsync();
    }

    [Fact]
    public async Task PromisedMessagesThatNeverCome_CostNoMemory()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<Http2Peer> peers = [];
        for (int i = 0; i < 10; i++)
        {
            Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
            peers.Add(peer);
            for (int n = 0; n < 50; n++)
            {
                // 4 MiB each, of which one byte comes: 2 GB together.
                int stream = peer.TakeStream();
                byte[] frames =
                [
                    .. Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, stream, HeaderBlock.Write(Http2Peer.CallHeaders(ClientStreaming))),
                    .. Http2Frame.Make(Http2Frame.Data, 0, stream, [0, 0, 0x40, 0, 0, 1]),
                ];
                await peer.SendAsync(frames);
            }

            // The answer says that everything before it was taken.
            await AssertWellAsync(peer);
        }

        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"500 streams that wait: {growth / 1024} KiB");
        Assert.InRange(growth, long.MinValue, MaxGrowthBytes);
        foreach (Http2Peer peer in peers)
        {
            await peer.DisposeAsync();
        }

        await AssertWellAsync();
    }

    [Fact]
    public async Task ThousandsOfWrongCallsAndFrames_LeaveTheServerWell()
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        (int calls, int frames) = await AttackAsync(random);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        // The first half fills pools; what the second half adds would be added by each one after it.
        (int moreCalls, int moreFrames) = await AttackAsync(random);
        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{calls + moreCalls} wrong calls, {frames + moreFrames} wrong frames; {before / 1024} KiB after the first half, {growth / 1024} more after the second");
        Assert.InRange(growth, long.MinValue, MaxGrowthBytes);
    }

    private async Task<(int Calls, int Frames)> AttackAsync(Random random)
    {
        int calls = 0;
        int frames = 0;
        string[] broken = [.. s_broken.Keys];
        for (int connection = 0; connection < 30; connection++)
        {
            await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port);
            for (int i = 0; i < 30 && !peer.IsClosed; i++)
            {
                (string name, string outcome, (string Name, string Value)[] headers, byte[]? body) = HostileCallTests.All[random.Next(HostileCallTests.All.Count)];
                if (name.Contains("bomb", StringComparison.Ordinal) && random.Next(10) > 0)
                {
                    continue;
                }

                StreamResult result = await peer.CallAsync(headers, body);
                Assert.Equal(outcome, result.Outcome);
                calls++;
                if (random.Next(3) == 0)
                {
                    await peer.SendAsync(Http2Frame.Make((byte)random.Next(10, 256), (byte)random.Next(256), 0, RandomBytes(random, random.Next(200))));
                    frames++;
                }
            }

            // Then something that no connection survives, or a mutation of a call that one may.
            if (random.Next(2) == 0)
            {
                await using Http2Peer other = await Http2Peer.ConnectAsync(_server.Port);
                await other.SendAsync(s_broken[broken[random.Next(broken.Length)]]());
                await other.Closed.WaitAsync(Eventually.Patience);
                frames++;
            }
            else
            {
                for (int i = 0; i < 40 && !peer.IsClosed; i++)
                {
                    byte[] call = [.. Http2Frame.Make(Http2Frame.Headers, Http2Frame.EndHeaders, peer.TakeStream(), HeaderBlock.Write(Http2Peer.CallHeaders(Unary))), .. Http2Frame.Make(Http2Frame.Data, 1, 1, s_request)];
                    for (int n = 0; n < 4; n++)
                    {
                        call[random.Next(call.Length)] = (byte)random.Next(256);
                    }

                    await peer.SendAsync(call);
                    frames += 2;
                }
            }
        }

        for (int i = 0; i < 50; i++)
        {
            // No HTTP/2 at all.
            await using Http2Peer peer = await Http2Peer.ConnectAsync(_server.Port, greet: false);
            await peer.SendAsync(i % 3 == 0 ? Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n") : RandomBytes(random, random.Next(1, 400)));
            frames++;
        }

        await AssertWellAsync();
        return (calls, frames);
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A good call succeeds, nothing was a defect of ours, and no call of the broken connections goes on.</summary>
    private async Task AssertWellAsync(Http2Peer? peer = null)
    {
        await using Http2Peer? own = peer is null ? await Http2Peer.ConnectAsync(_server.Port) : null;
        StreamResult result = await (peer ?? own!).CallAsync(Http2Peer.CallHeaders(Unary), s_request);
        Assert.Equal("grpc 0", result.Outcome);
        Assert.Equal("", string.Join('\n', _server.Logs.Errors));
    }
}
