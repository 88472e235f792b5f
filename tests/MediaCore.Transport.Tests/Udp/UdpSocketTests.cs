using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests.Udp;

public sealed class UdpSocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagram_ArrivesWithItsSource(bool isIPv6)
    {
        using UdpSocket sender = Loopback.Bind(isIPv6);
        using UdpSocket receiver = Loopback.Bind(isIPv6);
        Assert.NotEqual(0, receiver.LocalEndpoint.Port);
        Assert.Equal(isIPv6, receiver.LocalEndpoint.IsIPv6);
        Assert.Equal(SendResult.Sent, sender.TrySend("hello"u8, receiver.LocalEndpoint));

        var batch = new UdpReceiveBatch();
        Loopback.WaitReadable(receiver.Descriptor);
        Assert.Equal(1, receiver.ReceiveBatch(batch));
        Assert.Equal("hello"u8.ToArray(), batch.Datagram(0).ToArray());
        Assert.Equal(sender.LocalEndpoint, batch.Source(0));
        Assert.False(batch.IsTruncated(0));
        Assert.Equal(0, receiver.ReceiveBatch(batch));
        Assert.Equal(0, batch.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Offset(0));
    }

    [Fact]
    public void ReceiveBatch_TakesUpToItsCapacity_InOrder_IntoItsOwnSlots()
    {
        using UdpSocket sender = Loopback.Bind();
        using UdpSocket receiver = Loopback.Bind();
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(SendResult.Sent, sender.TrySend(Enumerable.Repeat((byte)i, i).ToArray(), receiver.LocalEndpoint));
        }

        var batch = new UdpReceiveBatch(capacity: 16, slotBytes: 64);
        int number = 0;
        foreach (int expected in new[] { 16, 16, 8, 0 })
        {
            Assert.Equal(expected, receiver.ReceiveBatch(batch));
            for (int i = 0; i < batch.Count; i++, number++)
            {
                Assert.Equal(i * 64, batch.Offset(i));
                Assert.Equal(number, batch.Length(i));
                Assert.Equal(Enumerable.Repeat((byte)number, number), batch.Datagram(i).ToArray());
                Assert.Equal(sender.LocalEndpoint, batch.Source(i));
            }
        }
    }

    [Theory]
    [InlineData(false, UdpLimits.MaxDatagramBytes)]
    [InlineData(true, UdpLimits.MaxIPv6DatagramBytes)]
    public void LargestDatagram_PassesWhole_AndALargerOneIsRefused(bool isIPv6, int bytes)
    {
        using UdpSocket sender = Loopback.Bind(isIPv6);
        using UdpSocket receiver = Loopback.Bind(isIPv6);
        byte[] datagram = new byte[bytes];
        new Random(1).NextBytes(datagram);
        Assert.Equal(SendResult.Queued, sender.TryQueue(datagram, receiver.LocalEndpoint));
        Assert.Equal(1, sender.Flush());
        Assert.Equal(SendResult.Sent, sender.TrySend(datagram, receiver.LocalEndpoint));

        var batch = new UdpReceiveBatch();
        Loopback.WaitReadable(receiver.Descriptor);
        int received = receiver.ReceiveBatch(batch);
        Assert.Equal(2, received);
        for (int i = 0; i < received; i++)
        {
            Assert.False(batch.IsTruncated(i));
            Assert.True(batch.Datagram(i).SequenceEqual(datagram));
        }

        Assert.Equal(SendResult.TooLarge, sender.TrySend(new byte[bytes + 1], receiver.LocalEndpoint));
        Assert.Equal(SendResult.TooLarge, sender.TryQueue(new byte[bytes + 1], receiver.LocalEndpoint));
    }

    [Fact]
    public void EmptyDatagram_IsADatagram()
    {
        using UdpSocket socket = Loopback.Bind();
        Assert.Equal(SendResult.Sent, socket.TrySend([], socket.LocalEndpoint));
        var batch = new UdpReceiveBatch(2);
        Loopback.WaitReadable(socket.Descriptor);
        Assert.Equal(1, socket.ReceiveBatch(batch));
        Assert.Equal(0, batch.Length(0));
    }

    [Fact]
    public void DatagramLongerThanItsSlot_IsFlagged_AndTheFlagDoesNotStick()
    {
        using UdpSocket socket = Loopback.Bind();
        var batch = new UdpReceiveBatch(capacity: 2, slotBytes: 100);
        socket.TrySend(new byte[101], socket.LocalEndpoint);
        socket.TrySend(new byte[100], socket.LocalEndpoint);
        Assert.Equal(2, socket.ReceiveBatch(batch));
        Assert.True(batch.IsTruncated(0));
        Assert.Equal(100, batch.Length(0));
        Assert.False(batch.IsTruncated(1));

        socket.TrySend(new byte[100], socket.LocalEndpoint);
        Assert.Equal(1, socket.ReceiveBatch(batch));
        Assert.False(batch.IsTruncated(0));
    }

    [Fact]
    public void TryReceive_LeavesOutWhatDoesNotFit_AndCountsIt()
    {
        using UdpSocket socket = Loopback.Bind();
        socket.TrySend(new byte[11], socket.LocalEndpoint);
        socket.TrySend("fits"u8, socket.LocalEndpoint);
        byte[] buffer = new byte[10];
        Assert.True(socket.TryReceive(buffer, out int length, out NetworkEndpoint source));
        Assert.Equal("fits"u8.ToArray(), buffer[..length]);
        Assert.Equal(socket.LocalEndpoint, source);
        Assert.Equal(1, socket.TruncatedReceives);
        Assert.False(socket.TryReceive(buffer, out _, out _));

        socket.TrySend(new byte[11], socket.LocalEndpoint);
        Assert.True(socket.TryReceive(buffer, out length, out _, out bool truncated));
        Assert.True(truncated);
        Assert.Equal(10, length);
    }

    [Fact]
    public void Bind_ToAPortInUse_NamesTheAddressAndTheReason()
    {
        using UdpSocket first = Loopback.Bind();
        SocketBindException exception = Assert.Throws<SocketBindException>(() => UdpSocket.Bind(first.LocalEndpoint, new UdpSocketOptions()));
        Assert.StartsWith($"udp 127.0.0.1:{first.LocalEndpoint.Port} is in use by another process", exception.Message, StringComparison.Ordinal);
        Assert.Equal(98, exception.ErrorNumber);
        Assert.Equal(first.LocalEndpoint, exception.Endpoint);
    }

    [Fact]
    public void Bind_ToAForeignAddress_SaysSo()
    {
        // TEST-NET-1 (RFC 5737) is on no machine.
        NetworkEndpoint foreign = NetworkEndpoint.FromBytes([192, 0, 2, 1], 0);
        SocketBindException exception = Assert.Throws<SocketBindException>(() => UdpSocket.Bind(foreign, new UdpSocketOptions()));
        Assert.Equal("udp 192.0.2.1:0 is not an address of this machine", exception.Message);
    }

    [Fact]
    public void Bind_WithOptionsOutOfRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => UdpSocket.Bind(Loopback.IPv4, new UdpSocketOptions { Dscp = 64 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => UdpSocket.Bind(Loopback.IPv4, new UdpSocketOptions { ReceiveBufferBytes = -1 }));
        Assert.Throws<ArgumentException>(() => UdpSocket.Bind(default, new UdpSocketOptions()));
    }

    [Fact]
    public void ReceiveBuffer_IsWhatWasAskedFor_AsFarAsTheKernelAllows()
    {
        using UdpSocket small = UdpSocket.Bind(Loopback.IPv4, new UdpSocketOptions { ReceiveBufferBytes = 16_384 });
        Assert.Equal(32_768, small.ReceiveBufferBytes);
    }

    [Fact]
    public void ReusePort_LetsTwoSocketsShareAnAddress_AndSpreadsSenders()
    {
        var options = new UdpSocketOptions { ReusePort = true };
        using UdpSocket first = UdpSocket.Bind(Loopback.IPv4, options);
        using UdpSocket second = UdpSocket.Bind(first.LocalEndpoint, options);
        var batch = new UdpReceiveBatch(64, 64);
        int atFirst = 0;
        int atSecond = 0;
        for (int i = 0; i < 64; i++)
        {
            using UdpSocket sender = Loopback.Bind();
            Assert.Equal(SendResult.Sent, sender.TrySend("x"u8, first.LocalEndpoint));
            atFirst += first.ReceiveBatch(batch);
            atSecond += second.ReceiveBatch(batch);
        }

        Assert.Equal(64, atFirst + atSecond);
        Assert.True(atFirst > 0 && atSecond > 0, $"{atFirst} and {atSecond}: a fair hash gives all 64 to one with probability 2^-63");
        Assert.Throws<SocketBindException>(() => UdpSocket.Bind(first.LocalEndpoint, new UdpSocketOptions()));
    }

    [Fact]
    public void Destinations_ThatCannotBe_AreAnswered_NotThrown()
    {
        using UdpSocket socket = Loopback.Bind();
        Assert.Equal(SendResult.InvalidDestination, socket.TrySend("x"u8, default));
        Assert.Equal(SendResult.InvalidDestination, socket.TrySend("x"u8, Loopback.IPv4));
        Assert.Equal(SendResult.InvalidDestination, socket.TrySend("x"u8, Loopback.IPv6.WithPort(9)));
        Assert.Equal(SendResult.InvalidDestination, socket.TryQueue("x"u8, Loopback.IPv6.WithPort(9)));

        // Broadcast without SO_BROADCAST.
        Assert.Equal(SendResult.NotPermitted, socket.TrySend("x"u8, NetworkEndpoint.FromBytes([255, 255, 255, 255], 9)));
        socket.Dispose();
        Assert.Equal(SendResult.Failed, socket.TrySend("x"u8, Loopback.IPv4.WithPort(9)));
        Assert.Equal(0, socket.ReceiveBatch(new UdpReceiveBatch(1, 64)));
        Assert.False(socket.TryReceive(new byte[1], out _, out _));
    }

    [Fact]
    public void UnreachablePort_OfAnUnconnectedSocket_DisturbsNothing()
    {
        using UdpSocket closed = Loopback.Bind();
        NetworkEndpoint nobody = closed.LocalEndpoint;
        closed.Dispose();
        using UdpSocket socket = Loopback.Bind();
        for (int i = 0; i < 3; i++)
        {
            socket.TrySend("x"u8, nobody);
            Assert.Equal(SendResult.Sent, socket.TrySend("y"u8, socket.LocalEndpoint));
            Assert.True(socket.TryReceive(new byte[4], out int length, out _));
            Assert.Equal(1, length);
        }
    }

    [Fact]
    public void Flush_SendsAllInOrder()
    {
        using UdpSocket sender = Loopback.Bind();
        using UdpSocket receiver = Loopback.Bind();
        for (byte i = 0; i < UdpLimits.SendBatchDatagrams; i++)
        {
            Assert.Equal(SendResult.Queued, sender.TryQueue([i, i], receiver.LocalEndpoint));
        }

        Assert.Equal(UdpLimits.SendBatchDatagrams, sender.QueuedDatagrams);
        Assert.Equal(UdpLimits.SendBatchDatagrams, sender.Flush());
        Assert.Equal(0, sender.QueuedDatagrams);
        var batch = new UdpReceiveBatch(64, 64);
        Assert.Equal(UdpLimits.SendBatchDatagrams, receiver.ReceiveBatch(batch));
        for (byte i = 0; i < UdpLimits.SendBatchDatagrams; i++)
        {
            Assert.Equal([i, i], batch.Datagram(i).ToArray());
        }
    }

    [Fact]
    public void FullQueue_IsFlushedByTheNextDatagram()
    {
        using UdpSocket sender = Loopback.Bind();
        using UdpSocket receiver = Loopback.Bind();
        for (int i = 0; i < UdpLimits.SendBatchDatagrams + 1; i++)
        {
            Assert.Equal(SendResult.Queued, sender.TryQueue([(byte)i], receiver.LocalEndpoint));
        }

        Assert.Equal(1, sender.QueuedDatagrams);
        Assert.Equal(UdpLimits.SendBatchDatagrams, receiver.ReceiveBatch(new UdpReceiveBatch(64, 64)));
    }

    [Fact]
    public void Flush_GivesUpARefusedDatagram_AndSendsThoseBehindIt()
    {
        using UdpSocket sender = Loopback.Bind();
        using UdpSocket receiver = Loopback.Bind();
        NetworkEndpoint forbidden = NetworkEndpoint.FromBytes([255, 255, 255, 255], 9);
        sender.TryQueue("1"u8, receiver.LocalEndpoint);
        sender.TryQueue("-"u8, forbidden);
        sender.TryQueue("-"u8, forbidden);
        sender.TryQueue("2"u8, receiver.LocalEndpoint);
        Assert.Equal(2, sender.Flush());
        Assert.Equal(2, sender.FailedSends);
        Assert.Equal(SendResult.NotPermitted, sender.LastSendFailure);
        Assert.Equal(2, receiver.ReceiveBatch(new UdpReceiveBatch(4, 64)));
    }

    [Fact]
    public void SteadyState_AllocatesNothing()
    {
        using UdpSocket socket = Loopback.Bind();
        NetworkEndpoint self = socket.LocalEndpoint;
        var batch = new UdpReceiveBatch(8, 2048);
        byte[] message = new byte[600];
        byte[] buffer = new byte[700];
        NetworkEndpoint source = default;
        Assert.Equal(0, Loopback.AllocatedBy(() =>
        {
            socket.TrySend(message, self);
            socket.TryQueue(message, self);
            socket.TryQueue(message, self);
            socket.Flush();
            socket.TryReceive(buffer, out _, out _);
            socket.ReceiveBatch(batch);
            source = batch.Source(0);
        }));
        Assert.Equal(self, source);
    }
}
