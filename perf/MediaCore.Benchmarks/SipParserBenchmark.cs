using System.Text;
using BenchmarkDotNet.Attributes;
using MediaCore.Sip.Messages;

namespace MediaCore.Benchmarks;

/// <summary>Reading and answering one message, without sockets. The trunk's INVITE is what a carrier sends: 12 headers and an SDP offer, about 900 bytes.</summary>
[MemoryDiagnoser]
public class SipParserBenchmark
{
    private static readonly byte[] Invite = Encoding.ASCII.GetBytes(
        "INVITE sip:+12025550100@192.0.2.10:5060;transport=udp SIP/2.0\r\n"
        + "Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK0a1b2c3d4e5f60718293a4b5;rport\r\n"
        + "Max-Forwards: 69\r\n"
        + "From: \"+12025550199\" <sip:+12025550199@198.51.100.7;user=phone>;tag=gK0c5f2a91\r\n"
        + "To: <sip:+12025550100@192.0.2.10;user=phone>\r\n"
        + "Call-ID: 1442385766_128943761@198.51.100.7\r\n"
        + "CSeq: 781234 INVITE\r\n"
        + "Contact: <sip:+12025550199@198.51.100.7:5060>\r\n"
        + "Allow: INVITE,ACK,CANCEL,BYE,REGISTER,REFER,INFO,SUBSCRIBE,NOTIFY,PRACK,UPDATE,OPTIONS,MESSAGE,PUBLISH\r\n"
        + "Supported: timer,100rel,precondition,replaces\r\n"
        + "P-Asserted-Identity: <sip:+12025550199@198.51.100.7;user=phone>\r\n"
        + "Content-Type: application/sdp\r\n"
        + "Content-Length: 203\r\n\r\n"
        + "v=0\r\no=- 7721 31337 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.8\r\nt=0 0\r\n"
        + "m=audio 24680 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        + "a=fmtp:101 0-15\r\n");

    private readonly SipMessage _message = new();
    private readonly byte[] _destination = new byte[2048];

    /// <summary>The index alone: start line, rows, body.</summary>
    [Benchmark(Baseline = true)]
    public ParseStatus IndexInviteFromTrunk() => _message.Parse(Invite, 0, Invite.Length);

    /// <summary>The index and every header that a transaction and a dialog are made of.</summary>
    [Benchmark]
    public int TypedInviteFromTrunk()
    {
        _message.Parse(Invite, 0, Invite.Length);
        int sum = _message.TryGetTopVia(out ViaHeader via) ? via.Branch.Length + via.Port : 0;
        sum += _message.TryGetFrom(out NameAddress from) ? from.Tag.Length : 0;
        sum += _message.TryGetTo(out NameAddress to) ? to.Tag.Length : 0;
        sum += _message.TryGetCSeq(out CSeqHeader cseq) ? (int)cseq.Number : 0;
        sum += _message.TryGetContact(out NameAddress contact) ? contact.Uri.Length : 0;
        sum += _message.TryGetMaxForwards(out int hops) ? hops : 0;
        sum += SipUri.TryParse(_message.RequestUri, out SipUri uri) ? uri.User.Length : 0;
        return sum + _message.CallId.Length + _message.Body.Length;
    }

    /// <summary>The index and all checks that are due before a transaction is made.</summary>
    [Benchmark]
    public bool ValidateInviteFromTrunk()
    {
        _message.Parse(Invite, 0, Invite.Length);
        return _message.Validate().IsValid;
    }

    /// <summary>Reading the INVITE and writing the 180 to it.</summary>
    [Benchmark]
    public int AnswerInviteFromTrunk()
    {
        _message.Parse(Invite, 0, Invite.Length);
        SipWriter writer = new(_destination);
        writer.StatusLine(180, default);
        writer.CopyHeaders(_message, SipHeaderName.Via);
        writer.CopyHeaders(_message, SipHeaderName.From);
        writer.HeaderStart(SipHeaderName.To);
        _message.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        writer.Text(to);
        writer.Raw(";tag=a1b2c3d4\r\n"u8);
        writer.CopyHeaders(_message, SipHeaderName.CallId);
        writer.CopyHeaders(_message, SipHeaderName.CSeq);
        writer.EndWithoutBody();
        return writer.Length;
    }
}

/// <summary>An INVITE with every header that a transaction and a dialog are made of.</summary>
internal sealed class SipMessageAllocation : IAllocationSubject
{
    private readonly SipParserBenchmark _benchmark = new();
    private readonly int _expected;

    public SipMessageAllocation() => _expected = _benchmark.TypedInviteFromTrunk();

    public string Name => "SipMessage.ParseTyped";

    public void Run()
    {
        if (_benchmark.TypedInviteFromTrunk() != _expected || !_benchmark.ValidateInviteFromTrunk())
        {
            throw new InvalidOperationException("The INVITE was read differently.");
        }
    }
}

/// <summary>Reading an INVITE and writing the 180 to it.</summary>
internal sealed class SipWriterAllocation : IAllocationSubject
{
    private readonly SipParserBenchmark _benchmark = new();
    private readonly int _expected;

    public SipWriterAllocation() => _expected = _benchmark.AnswerInviteFromTrunk();

    public string Name => "SipWriter.Response";

    public void Run()
    {
        if (_benchmark.AnswerInviteFromTrunk() != _expected)
        {
            throw new InvalidOperationException("The response was written differently.");
        }
    }
}
