using System.Buffers;
using MediaCore.Sip.Messages;

namespace MediaCore.Sip.Tests.Messages;

public class AllocationTests
{
    private readonly byte[] _invite = WireText.Bytes(Rfc4475Messages.All["longreq"]);
    private readonly byte[] _folded = WireText.Bytes(Rfc4475Messages.All["wsinv"]);
    private readonly byte[] _destination = new byte[8192];
    private readonly SipMessage _message = new();
    private long _sum;

    [Fact]
    public void ParseTypeAndValidate_AllocateNothing() => AssertNoAllocation(() =>
    {
        _message.Parse(_invite, 0, _invite.Length);
        _sum += WireText.Touch(_message);
        _message.Parse(_folded, 0, _folded.Length);
        _sum += WireText.Touch(_message);
    });

    [Fact]
    public void CopyIntoAWriter_AllocatesNothing()
    {
        _message.Parse(_invite, 0, _invite.Length);
        AssertNoAllocation(() =>
        {
            SipWriter writer = new(_destination);
            writer.StatusLine(200, default);
            for (int i = 0; i < _message.HeaderCount; i++)
            {
                writer.CopyHeader(_message, i);
            }

            writer.Header(SipHeaderName.Expires, 3600);
            writer.Body("application/sdp"u8, _message.Body);
            _sum += writer.Length;
        });
    }

    [Fact]
    public void FrameScan_AllocatesNothing()
    {
        byte[] frame = WireText.Bytes(Rfc4475Messages.All["dblreq"]);
        AssertNoAllocation(() =>
        {
            SipFrameScanner scanner = default;
            scanner.Scan(new ReadOnlySequence<byte>(frame), out long consumed, out _);
            _sum += consumed;
        });
    }

    private static void AssertNoAllocation(Action action) => AllocationProbe.AssertZero(action);
}
