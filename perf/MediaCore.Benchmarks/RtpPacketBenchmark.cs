using BenchmarkDotNet.Attributes;
using MediaCore.Rtp.Packets;

namespace MediaCore.Benchmarks;

/// <summary>A packet of 20 ms of G.711 (172 bytes): its header read, with what a relay asks of it, and written.</summary>
[MemoryDiagnoser]
public class RtpPacketBenchmark : IAllocationSubject
{
    private const int PacketBytes = RtpHeader.MinBytes + 160;
    private const int OperationsPerInvoke = 256;

    // Of as many streams, so that neither the branches nor the caches know the packet.
    private readonly byte[][] _packets = new byte[OperationsPerInvoke][];
    private ushort _sequence;

    public RtpPacketBenchmark()
    {
        for (int i = 0; i < _packets.Length; i++)
        {
            _packets[i] = new byte[PacketBytes];
            RtpHeader.Write(_packets[i], 0, marker: false, (ushort)i, (uint)(160 * i), (uint)(i + 1));
        }
    }

    public string Name => "RtpPacket.ParseWrite";

    public void Run()
    {
        Write();
        if (Parse() != ExpectedSum())
        {
            throw new InvalidOperationException("A packet was read differently than it was written.");
        }
    }

    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public long Parse()
    {
        long sum = 0;
        foreach (byte[] packet in _packets)
        {
            if (RtpPacket.TryParse(packet, out RtpPacket parsed))
            {
                sum += parsed.PayloadType + parsed.SequenceNumber + parsed.Timestamp + parsed.Ssrc + parsed.Payload.Length;
            }
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = OperationsPerInvoke)]
    public void Write()
    {
        _sequence++;
        for (int i = 0; i < _packets.Length; i++)
        {
            RtpHeader.Write(_packets[i], 0, marker: false, _sequence, 160u * _sequence, (uint)(i + 1));
        }
    }

    private long ExpectedSum() => (OperationsPerInvoke * (_sequence + (160L * _sequence) + (PacketBytes - RtpHeader.MinBytes))) + (OperationsPerInvoke * (OperationsPerInvoke + 1L) / 2);
}
