using BenchmarkDotNet.Attributes;
using MediaCore.Benchmarks.Messages;
using MediaCore.Sip.Messages;

namespace MediaCore.Benchmarks;

/// <summary>Writing, from what was read before: a response and a request of our own.</summary>
[MemoryDiagnoser]
public class SipWriterBenchmark
{
    private readonly SipMessage _invite = new();
    private readonly byte[] _destination = new byte[2048];
    private readonly byte[] _body;

    /// <summary>Reads the carrier's INVITE once.</summary>
    public SipWriterBenchmark()
    {
        byte[] bytes = SampleMessages.Get("carrier-invite").Bytes;
        _invite.Parse(bytes, 0, bytes.Length);
        _body = _invite.Body.ToArray();
    }

    /// <summary>200 to the INVITE, with the headers that RFC 3261 §8.2.6.2 has copied, our Contact and a description.</summary>
    [Benchmark]
    public int Response()
    {
        SipWriter writer = new(_destination);
        writer.StatusLine(200, default);
        writer.CopyHeaders(_invite, SipHeaderName.Via);
        writer.CopyHeaders(_invite, SipHeaderName.From);
        writer.HeaderStart(SipHeaderName.To);
        _invite.TryGetHeader(SipHeaderName.To, out ReadOnlySpan<byte> to);
        writer.Text(to);
        writer.Raw(";tag=a1b2c3d4e5f60718\r\n"u8);
        writer.CopyHeaders(_invite, SipHeaderName.CallId);
        writer.CopyHeaders(_invite, SipHeaderName.CSeq);
        writer.Header(SipHeaderName.Contact, "<sip:mediacore@192.0.2.10:5060>"u8);
        writer.Header(SipHeaderName.Allow, "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER"u8);
        writer.Header(SipHeaderName.Supported, "timer, replaces"u8);
        writer.Header(SipHeaderName.Server, "MediaCore"u8);
        writer.Body("application/sdp"u8, _body);
        return writer.Length;
    }

    /// <summary>An INVITE of a dialog of ours, in the order of the engine's own.</summary>
    [Benchmark]
    public int Request()
    {
        SipWriter writer = new(_destination);
        writer.RequestLine(SipMethod.Invite, "sip:+12025550100@203.0.113.5:5060"u8);
        writer.HeaderStart(SipHeaderName.Via);
        writer.Raw("SIP/2.0/UDP 192.0.2.10:5060;rport;branch="u8);
        writer.Raw("z9hG4bK9f8e7d6c5b4a39281706f5e4d3c2b1a0"u8);
        writer.EndLine();
        writer.Header(SipHeaderName.MaxForwards, 68);
        writer.HeaderStart(SipHeaderName.From);
        writer.Raw("<sip:+12025550199@192.0.2.10>"u8);
        writer.Raw(";tag="u8);
        writer.Raw("1f2e3d4c5b6a7988"u8);
        writer.EndLine();
        writer.HeaderStart(SipHeaderName.To);
        writer.Raw("<sip:+12025550100@203.0.113.5>"u8);
        writer.EndLine();
        writer.Header(SipHeaderName.CallId, "00a1b2c3d4e5f60718293a4b5c6d7e8f90"u8);
        writer.HeaderStart(SipHeaderName.CSeq);
        writer.Raw(1);
        writer.Raw(" "u8);
        writer.Raw(SipMethods.GetToken(SipMethod.Invite));
        writer.EndLine();
        writer.Header(SipHeaderName.Contact, "<sip:mediacore@192.0.2.10:5060>"u8);
        writer.Header(SipHeaderName.Allow, "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, NOTIFY, REFER"u8);
        writer.Header(SipHeaderName.Supported, "100rel, timer, replaces"u8);
        writer.Header(SipHeaderName.UserAgent, "MediaCore"u8);
        writer.Body("application/sdp"u8, _body);
        return writer.Length;
    }
}

/// <summary>A response and a request of our own.</summary>
internal sealed class SipWriterSetAllocation : IAllocationSubject
{
    private readonly SipWriterBenchmark _benchmark = new();
    private readonly int _response;
    private readonly int _request;

    public SipWriterSetAllocation()
    {
        _response = _benchmark.Response();
        _request = _benchmark.Request();
    }

    public string Name => "SipWriter.RequestAndResponse";

    public void Run()
    {
        if (_benchmark.Response() != _response || _benchmark.Request() != _request)
        {
            throw new InvalidOperationException("A message was written differently.");
        }
    }
}
