using System.Net;
using System.Text;
using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Tests;

public sealed class SegmentedQueueTests : IDisposable
{
    private readonly UdpSocket _sender = Bind();
    private readonly UdpSocket _first = Bind();
    private readonly UdpSocket _second = Bind();
    private readonly SegmentedQueue _queue = new();

    public void Dispose()
    {
        _sender.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DatagramsOfOneLength_ComeAsTheyWere_InTheirOrder(bool canSegment)
    {
        _queue.CanSegment = canSegment;
        for (int i = 0; i < 150; i++)
        {
            Assert.True(_queue.TryAdd(Encoding.ASCII.GetBytes($"message {i:D3}"), _first.LocalEndpoint, isFirst: false));
        }

        _queue.Flush(_sender.Descriptor);

        Assert.Equal(Enumerable.Range(0, 150).Select(static i => $"message {i:D3}"), ReadAll(_first));
        Assert.Equal((0, 0L, canSegment), (_queue.Count, _queue.Failed, _queue.CanSegment));
    }

    [Fact]
    public void LengthsAndDestinationsMixed_EachGetsItsOwn()
    {
        foreach (int i in Enumerable.Range(0, 30))
        {
            Assert.True(_queue.TryAdd(Encoding.ASCII.GetBytes(new string('a', 10 + (i % 5))), _first.LocalEndpoint, isFirst: false));
            Assert.True(_queue.TryAdd(Encoding.ASCII.GetBytes(new string('b', 10 + (i % 5))), _second.LocalEndpoint, isFirst: false));
        }

        _queue.Flush(_sender.Descriptor);

        Assert.Equal(Enumerable.Range(0, 30).Select(static i => 10 + (i % 5)).Order(), ReadAll(_first).Where(static t => t.All(static c => c == 'a')).Select(static t => t.Length).Order());
        Assert.Equal(Enumerable.Range(0, 30).Select(static i => 10 + (i % 5)).Order(), ReadAll(_second).Where(static t => t.All(static c => c == 'b')).Select(static t => t.Length).Order());
    }

    [Fact]
    public void WhatIsFirst_LeavesBeforeWhatWasQueuedBeforeIt()
    {
        foreach (string text in (string[])["200 of a", "200 of b"])
        {
            Assert.True(_queue.TryAdd(Encoding.ASCII.GetBytes(text), _first.LocalEndpoint, isFirst: false));
        }

        Assert.True(_queue.TryAdd("180 of c"u8, _first.LocalEndpoint, isFirst: true));
        Assert.True(_queue.TryAdd("180, longer, of d"u8, _first.LocalEndpoint, isFirst: true));

        _queue.Flush(_sender.Descriptor);

        Assert.Equal(["180 of c", "180, longer, of d", "200 of a", "200 of b"], ReadAll(_first));
    }

    [Fact]
    public void MoreKindsThanThereIsRoomFor_AreRefusedUntilTheNextFlush()
    {
        int taken = 0;
        while (taken < 1000 && _queue.TryAdd(new byte[taken + 1], _first.LocalEndpoint, isFirst: false))
        {
            taken++;
        }

        Assert.InRange(taken, 1, 999);
        Assert.False(_queue.TryAdd(new byte[1200], _first.LocalEndpoint, isFirst: false));
        _queue.Flush(_sender.Descriptor);
        Assert.True(_queue.TryAdd(new byte[1200], _first.LocalEndpoint, isFirst: false));
        _queue.Flush(_sender.Descriptor);

        Assert.Equal([.. Enumerable.Range(1, taken), 1200], ReadAll(_first).Select(static t => t.Length));
    }

    [Fact]
    public void LongerThanAFrame_GoByThemselves()
    {
        foreach (char c in "abc")
        {
            Assert.True(_queue.TryAdd(Encoding.ASCII.GetBytes(new string(c, 3000)), _first.LocalEndpoint, isFirst: false));
        }

        _queue.Flush(_sender.Descriptor);

        Assert.Equal([new string('a', 3000), new string('b', 3000), new string('c', 3000)], ReadAll(_first));
        Assert.True(_queue.CanSegment);
    }

    [Fact]
    public void ADestinationThatCannotBe_IsGivenUp_AndHoldsNobodyUp()
    {
        // A socket on loopback has no way to another network.
        NetworkEndpoint nowhere = NetworkEndpoint.From(IPAddress.Parse("192.0.2.1"), 5060);
        Assert.True(_queue.TryAdd("a"u8, nowhere, isFirst: true));
        Assert.True(_queue.TryAdd("b"u8, nowhere, isFirst: true));
        Assert.True(_queue.TryAdd("c"u8, _first.LocalEndpoint, isFirst: false));

        _queue.Flush(_sender.Descriptor);

        Assert.Equal(["c"], ReadAll(_first));
        Assert.Equal((0, 2L), (_queue.Count, _queue.Failed));
    }

    private static UdpSocket Bind() => UdpSocket.Bind(NetworkEndpoint.From(IPAddress.Loopback, 0), new UdpSocketOptions { ReceiveBufferBytes = 4 << 20 });

    private static List<string> ReadAll(UdpSocket socket)
    {
        byte[] buffer = new byte[4096];
        List<string> texts = [];
        while (socket.TryReceive(buffer, out int length, out _))
        {
            texts.Add(Encoding.ASCII.GetString(buffer, 0, length));
        }

        return texts;
    }
}
