using BenchmarkDotNet.Attributes;
using MediaCore.Benchmarks.Messages;
using MediaCore.Sip.Messages;

namespace MediaCore.Benchmarks;

/// <summary>Reading each message of the set: what every message costs before anything is done with it.</summary>
[MemoryDiagnoser]
public class SipMessageSetBenchmark
{
    private readonly SipMessage _message = new();
    private byte[] _bytes = [];

    /// <summary>The set.</summary>
    public static IEnumerable<SampleMessage> Samples => SampleMessages.All;

    /// <summary>What is read.</summary>
    [ParamsSource(nameof(Samples))]
    public SampleMessage Sample { get; set; } = SampleMessages.All[0];

    /// <summary>Takes the bytes.</summary>
    [GlobalSetup]
    public void Setup() => _bytes = Sample.Bytes;

    /// <summary>The index alone: start line, rows, body.</summary>
    [Benchmark(Baseline = true)]
    public ParseStatus Index() => _message.Parse(_bytes, 0, _bytes.Length);

    /// <summary>
    /// The index and what a transaction and a dialog are made of, typed: request line with its URI, top Via with branch, From and To with tags, CSeq, Call-ID, Contact,
    /// Max-Forwards, Content-Length.
    /// </summary>
    [Benchmark]
    public int Typed()
    {
        _message.Parse(_bytes, 0, _bytes.Length);
        int sum = _message.TryGetTopVia(out ViaHeader via) ? via.Branch.Length + via.Port : 0;
        sum += _message.TryGetFrom(out NameAddress from) ? from.Tag.Length + from.Uri.Length : 0;
        sum += _message.TryGetTo(out NameAddress to) ? to.Tag.Length + to.Uri.Length : 0;
        sum += _message.TryGetCSeq(out CSeqHeader cseq) ? (int)cseq.Number : 0;
        sum += _message.TryGetContact(out NameAddress contact) ? contact.Uri.Length : 0;
        sum += _message.TryGetMaxForwards(out int hops) ? hops : 0;
        sum += _message.TryGetNumber(SipHeaderName.ContentLength, out uint length) ? (int)length : 0;
        sum += _message.IsRequest && SipUri.TryParse(_message.RequestUri, out SipUri uri) ? uri.User.Length + uri.Host.Length : _message.StatusCode;
        return sum + _message.CallId.Length + _message.Body.Length;
    }

    /// <summary>The index and all checks that are due before a transaction is made.</summary>
    [Benchmark]
    public bool Validated()
    {
        _message.Parse(_bytes, 0, _bytes.Length);
        return _message.Validate().IsValid;
    }
}

/// <summary>Every message of the set: typed and validated.</summary>
internal sealed class SipMessageSetAllocation : IAllocationSubject
{
    private readonly (SipMessageSetBenchmark Benchmark, int Expected)[] _benchmarks;

    public SipMessageSetAllocation() => _benchmarks = [.. SampleMessages.All.Select(static sample =>
    {
        var benchmark = new SipMessageSetBenchmark { Sample = sample };
        benchmark.Setup();
        return (benchmark, benchmark.Typed());
    })];

    public string Name => "SipMessage.ParseSet";

    public void Run()
    {
        foreach ((SipMessageSetBenchmark benchmark, int expected) in _benchmarks)
        {
            if (benchmark.Index() != ParseStatus.Complete || benchmark.Typed() != expected || !benchmark.Validated())
            {
                throw new InvalidOperationException(benchmark.Sample + " was read differently.");
            }
        }
    }
}
