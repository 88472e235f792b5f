using System.Text;
using BenchmarkDotNet.Attributes;
using MediaCore.Primitives;
using MediaCore.Sdp;

namespace MediaCore.Benchmarks;

/// <summary>An offer as a carrier sends it: read, answered, and the answer written.</summary>
[MemoryDiagnoser]
public class SdpBenchmark
{
    private static readonly byte[] s_offer = Encoding.ASCII.GetBytes(
        "v=0\r\no=- 7721 31337 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.8\r\nt=0 0\r\n"
        + "m=audio 24680 RTP/AVP 0 8 18 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:18 G729/8000\r\n"
        + "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n");

    private readonly SdpDescription _sdp = new();
    private readonly AudioFormatList _local = AudioFormatList.CreateG711();
    private readonly NetworkEndpoint _rtp = NetworkEndpoint.FromBytes([192, 0, 2, 10], 30000);
    private readonly byte[] _answer = new byte[SdpLimits.MaxComposedBytes];

    /// <summary>The index of lines alone.</summary>
    [Benchmark(Baseline = true)]
    public bool Index() => _sdp.TryParse(s_offer, 0, s_offer.Length);

    /// <summary>RFC 3264 §6 from bytes to bytes; returns the answer's length.</summary>
    [Benchmark]
    public int ReadAnswerWrite() =>
        _sdp.TryParse(s_offer, 0, s_offer.Length)
        && OfferAnswer.TryReadAudio(_sdp, out AudioDescription offer, out _)
        && OfferAnswer.TryAnswer(offer, _local, MediaDirection.SendRecv, _rtp, _rtp.WithPort(30001), rtcpMux: false, out AudioDescription answer)
        && SdpComposer.TryWrite(_answer, out int written, new SdpSession(1, 1, _rtp), answer, _sdp)
            ? written
            : 0;
}

/// <summary>Offer in, answer out.</summary>
internal sealed class SdpAllocation : IAllocationSubject
{
    private readonly SdpBenchmark _benchmark = new();

    public string Name => "Sdp.ReadAnswerWrite";

    public void Run()
    {
        if (_benchmark.ReadAnswerWrite() < 100)
        {
            throw new InvalidOperationException("The offer was not answered.");
        }
    }
}
