using MediaCore.Primitives;
using MediaCore.Rtp.Packets;
using MediaCore.Rtp.Relay;
using MediaCore.Rtp.Rtcp;
using MediaCore.Tests;

namespace MediaCore.Rtp.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void RelayedPacket_AndItsReport_AllocateNothing()
    {
        Operation operation = new();
        AllocationAssert.Zero(warmup: 20_000, iterations: 20_000, ref operation);
        Assert.Equal(40_000, operation.Statistics.Packets);
    }

    private struct Operation : AllocationAssert.IOperation
    {
        private readonly byte[] _packet = new byte[172];
        private readonly byte[] _report = new byte[256];
        private readonly NetworkEndpoint _peer = NetworkEndpoint.FromBytes([192, 0, 2, 1], 4000);
        private readonly NetworkEndpoint _other = NetworkEndpoint.FromBytes([192, 0, 2, 2], 4000);
        private SourceLatch _latch;
        private ushort _sequenceNumber = 65_000;
        private long _now;

        public RtpReceiverStatistics Statistics;

        public Operation() => _latch.Reset(_peer);

        public void Run()
        {
            _now += 20_000_000;
            Timestamp now = new(_now);
            RtpHeader.Write(_packet, 0, marker: false, ++_sequenceNumber, _sequenceNumber * 160u, 1);
            if (!RtpPacket.TryParse(_packet, out RtpPacket p))
            {
                return;
            }

            _ = _latch.Inspect(_other, p.Ssrc, p.SequenceNumber, now);
            if (_latch.Inspect(_peer, p.Ssrc, p.SequenceNumber, now) == LatchVerdict.Reject)
            {
                return;
            }

            Statistics.Update(p.SequenceNumber, p.Timestamp, p.Ssrc, p.Payload.Length, now, 8000);
            Statistics.FillReportBlock(now, out ReportBlock block);
            RtcpWriter writer = new(_report);
            writer.TryWriteReceiverReport(1, [block]);
            writer.TryWriteCname(1, "c"u8);
            foreach (RtcpPacket packet in new RtcpPacketEnumerator(_report.AsSpan(0, writer.Length)))
            {
                _ = ReceiverReport.TryParse(packet, out _);
            }
        }
    }
}
