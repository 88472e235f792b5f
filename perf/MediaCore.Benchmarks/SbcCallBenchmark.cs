using BenchmarkDotNet.Attributes;
using MediaCore.Engine.CallRecords;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Benchmarks;

/// <summary>A whole answered call through a shard in SBC mode: 7 messages in, 9 out, two media ports, one record on disk.</summary>
[MemoryDiagnoser]
public class SbcCallBenchmark
{
    private readonly CallScenario _scenario = new(
        new CallRecordJournal(new CallRecordJournalOptions { Folder = Directory.CreateTempSubdirectory("mediacore-benchmark-").FullName, MaxFileBytes = 1 << 20, MaxFilesKept = 1 }),
        NullLoggerFactory.Instance);

    [Benchmark]
    public void AnsweredCall() => _scenario.PlaceCall();
}

/// <summary>The same call's bytes, the caller's INVITE to the last 200, with the record's objects and without the log.</summary>
internal sealed class SbcCallAllocation : IAllocationSubject
{
    private readonly SbcCallBenchmark _benchmark = new();

    public string Name => "ShardCore.AnsweredCall";

    public void Run() => _benchmark.AnsweredCall();
}
