using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.Transport.Tests.Udp;

public sealed class UdpSendBatchTests
{
    [Fact]
    public void Add_IsBoundedInNumberAndInBytes()
    {
        var batch = new UdpSendBatch(capacity: 2, capacityBytes: 10);
        NetworkEndpoint destination = Loopback.IPv4.WithPort(9);
        Assert.False(batch.TryAdd(new byte[11], destination));
        Assert.True(batch.TryAdd(new byte[8], destination));
        Assert.False(batch.TryAdd(new byte[3], destination));
        Assert.True(batch.TryAdd(new byte[2], destination));
        Assert.False(batch.TryAdd([], destination));
        Assert.Equal(2, batch.Count);
        Assert.Equal(10, batch.QueuedBytes);
    }

    /// <summary>What EAGAIN does: some datagrams left, the rest stays and is followed by new ones.</summary>
    [Fact]
    public void PartlySentBatch_KeepsOrderBytesAndDestinations_WhenRefilled()
    {
        using UdpSocket sender = Loopback.Bind();
        using UdpSocket even = Loopback.Bind();
        using UdpSocket odd = Loopback.Bind();
        var batch = new UdpSendBatch(capacity: 4, capacityBytes: 40);
        var expectedEven = new List<byte[]>();
        var expectedOdd = new List<byte[]>();
        int number = 0;
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            while (true)
            {
                byte[] datagram = new byte[1 + (number % 13)];
                Array.Fill(datagram, (byte)number);
                bool toEven = number % 2 == 0;
                if (!batch.TryAdd(datagram, toEven ? even.LocalEndpoint : odd.LocalEndpoint))
                {
                    break;
                }

                (toEven ? expectedEven : expectedOdd).Add(datagram);
                number++;
            }

            // The kernel took so many; pretended by giving the front to it one at a time.
            int taken = random.Next(1, batch.Count + 1);
            SendFirst(sender, batch, taken, expectedEven, expectedOdd, even, odd);
        }

        Assert.True(number > 100);
    }

    private static void SendFirst(
        UdpSocket sender, UdpSendBatch batch, int taken, List<byte[]> expectedEven, List<byte[]> expectedOdd, UdpSocket even, UdpSocket odd)
    {
        int keep = batch.Count - taken;
        if (keep == 0)
        {
            Assert.Equal(taken, sender.Flush(batch));
        }
        else
        {
            // Dropping stands in for sending: what matters here is what remains.
            for (int i = 0; i < taken; i++)
            {
                batch.RemoveFirst(1);
                (NextIsEven(expectedEven, expectedOdd) ? expectedEven : expectedOdd).RemoveAt(0);
            }

            Assert.Equal(keep, batch.Count);
            return;
        }

        Expect(even, expectedEven);
        Expect(odd, expectedOdd);
    }

    private static bool NextIsEven(List<byte[]> expectedEven, List<byte[]> expectedOdd) =>
        expectedOdd.Count == 0 || (expectedEven.Count > 0 && (byte)(expectedOdd[0][0] - expectedEven[0][0]) < 128);

    private static void Expect(UdpSocket socket, List<byte[]> expected)
    {
        byte[] buffer = new byte[64];
        foreach (byte[] datagram in expected)
        {
            Assert.True(socket.TryReceive(buffer, out int length, out _));
            Assert.Equal(datagram, buffer[..length]);
        }

        Assert.False(socket.TryReceive(buffer, out _, out _));
        expected.Clear();
    }
}
