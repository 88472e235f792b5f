using BenchmarkDotNet.Attributes;
using MediaCore.Benchmarks.Messages;
using MediaCore.Engine.Calls;
using MediaCore.Engine.Policies.Headers;
using MediaCore.Engine.Trunks;
using MediaCore.Sip.Messages;

namespace MediaCore.Benchmarks;

/// <summary>
/// The rows that go from the caller's INVITE to the callee's. Most stop at a B2BUA, which writes its own; what passes is copied by the engine's own code in two steps,
/// into the call when the INVITE comes and out of it for every INVITE that goes out. The trunks here pass what such trunks exchange and everything with X- or P-.
/// </summary>
[MemoryDiagnoser]
public class HeaderCopyBenchmark
{
    private readonly SipMessage _message = new();
    private readonly byte[] _passed = new byte[1024];
    private readonly byte[] _carried = new byte[8192];
    private readonly byte[] _destination = new byte[8192];
    private readonly Trunk _trunk = new() { Name = "carrier", Headers = new TrunkHeaders { Pass = [.. Patterns()] } };

    /// <summary>INVITEs that begin calls.</summary>
    public static IEnumerable<SampleMessage> Samples => SampleMessages.InitialInvites;

    /// <summary>What is forwarded.</summary>
    [ParamsSource(nameof(Samples))]
    public SampleMessage Sample { get; set; } = SampleMessages.All[0];

    /// <summary>Indexes the INVITE; that was measured elsewhere.</summary>
    [GlobalSetup]
    public void Setup() => _message.Parse(Sample.Bytes, 0, Sample.Bytes.Length);

    /// <summary>Both steps; returns the bytes that came out.</summary>
    [Benchmark]
    public int Copy()
    {
        var passed = new SipWriter(_passed);
        BackToBackUserAgent.WritePassed(ref passed, _message);
        var carried = new SipWriter(_carried);
        BackToBackUserAgent.WriteCarried(ref carried, _message, _trunk.Headers!);
        var writer = new SipWriter(_destination);
        writer.Raw(passed.Written);
        BackToBackUserAgent.CopyCarried(ref writer, carried.Written, _trunk, isHidden: false);
        return writer.Length;
    }

    /// <summary>
    /// What a trunk with header rules costs besides: every row of the message written anew (<see cref="HeaderEditor"/>), here without a rule that applies.
    /// </summary>
    [Benchmark]
    public int CopyAllRows()
    {
        var writer = new SipWriter(_destination);
        for (int i = 0; i < _message.HeaderCount; i++)
        {
            HeaderEditor.WriteRow(ref writer, _message.GetHeaderName(i), _message.GetHeaderNameToken(i), _message.GetHeaderValue(i));
        }

        return writer.Length;
    }

    private static IEnumerable<HeaderNamePattern> Patterns()
    {
        foreach (string text in new[] { "X-*", "P-*", "Alert-Info", "Call-Info", "Accept-Contact", "Feature-Caps", "Session-ID", "User-to-User", "Date" })
        {
            yield return HeaderNamePattern.TryParse(text, allowPrefix: true, out HeaderNamePattern? pattern) ? pattern : throw new InvalidOperationException(text);
        }
    }
}

/// <summary>The rows of every INVITE of the set that pass to the other leg.</summary>
internal sealed class HeaderCopyAllocation : IAllocationSubject
{
    private readonly (HeaderCopyBenchmark Benchmark, int Copied, int All)[] _benchmarks;

    public HeaderCopyAllocation() => _benchmarks = [.. HeaderCopyBenchmark.Samples.Select(static sample =>
    {
        var benchmark = new HeaderCopyBenchmark { Sample = sample };
        benchmark.Setup();
        return (benchmark, benchmark.Copy(), benchmark.CopyAllRows());
    })];

    public string Name => "BackToBackUserAgent.CopyHeaders";

    public void Run()
    {
        foreach ((HeaderCopyBenchmark benchmark, int copied, int all) in _benchmarks)
        {
            if (benchmark.Copy() != copied || benchmark.CopyAllRows() != all)
            {
                throw new InvalidOperationException(benchmark.Sample + " was copied differently.");
            }
        }
    }
}
