using MediaCore.Engine.CallRecords;

namespace MediaCore.Engine.Tests.CallRecords;

public sealed class CallRecordJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(Records.Start);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Record_WhenWriteReturns_IsInTheFileForEveryOtherReader()
    {
        using var journal = Open();

        for (int i = 0; i < 20; i++)
        {
            journal.Write(0, Records.Answered($"c{i}"));

            // Read through another handle while the journal stays open: what a killed process leaves behind.
            Assert.Equal(i + 1, Records.ReadAll(_folder.Files.Single(), complete: false).Count);
        }
    }

    [Fact]
    public void Shards_HaveFilesOfTheirOwn()
    {
        using var journal = Open(shards: 2);

        journal.Write(0, Records.Refused("a"));
        journal.Write(1, Records.Refused("b"));

        Assert.Equal(["cdr-20260131-s00-0001.jsonl", "cdr-20260131-s01-0001.jsonl"], _folder.Names);
        Assert.All(_folder.Files, file => Assert.True(journal.IsActive(file)));
    }

    [Fact]
    public void File_ThatIsFull_IsFollowedByTheNext()
    {
        using var journal = Open(maxFileBytes: 4096);

        for (int i = 0; i < 50; i++)
        {
            journal.Write(0, Records.Answered($"c{i}"));
        }

        Assert.True(_folder.Files.Length > 5);
        Assert.Equal(50, _folder.Files.Sum(file => Records.ReadAll(file).Count));
        Assert.Equal(_folder.Files[^1], _folder.Files.Single(journal.IsActive));
    }

    [Fact]
    public void Day_ThatEnds_EndsTheFile()
    {
        using var journal = Open();
        journal.Write(0, Records.Refused("a"));

        _time.Advance(TimeSpan.FromHours(12));
        journal.Write(0, Records.Refused("b"));

        Assert.Equal(["cdr-20260131-s00-0001.jsonl", "cdr-20260201-s00-0001.jsonl"], _folder.Names);
    }

    [Fact]
    public void Restart_LeavesEarlierFilesUntouched()
    {
        for (int run = 0; run < 3; run++)
        {
            using var journal = Open();
            journal.Write(0, Records.Refused($"run{run}"));
        }

        Assert.Equal(["cdr-20260131-s00-0001.jsonl", "cdr-20260131-s00-0002.jsonl", "cdr-20260131-s00-0003.jsonl"], _folder.Names);
        Assert.Equal(["run0", "run1", "run2"], _folder.Files.Select(file => Records.ReadAll(file).Single().CallId));
    }

    [Fact]
    public void OldestFiles_BeyondTheNumberKept_AreRemoved()
    {
        using var journal = Open(maxFileBytes: 4096, maxFilesKept: 3);
        for (int i = 0; i < 60; i++)
        {
            journal.Write(0, Records.Answered($"c{i}"));
        }

        int before = _folder.Files.Length;
        string newest = _folder.Files[^1];
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(before > 3);
        Assert.Equal(3, _folder.Files.Length);
        Assert.Contains(newest, _folder.Files);
    }

    [Fact]
    public void Disk_ThatFillsUpMidLine_LeavesNoBrokenLineAndLosesNothing()
    {
        bool full = false;
        using var journal = Open(write: (file, bytes, offset) =>
        {
            if (full)
            {
                RandomAccess.Write(file, bytes[..(bytes.Length / 2)], offset);
                throw new IOException("No space left on device");
            }

            RandomAccess.Write(file, bytes, offset);
        });
        journal.Write(0, Records.Answered("before"));

        full = true;
        journal.Write(0, Records.Answered("during1"));
        journal.Write(0, Records.Answered("during2"));
        Assert.Equal(2, journal.HeldCount);
        Assert.Equal(1, journal.FailureCount);

        full = false;
        _time.Advance(TimeSpan.FromSeconds(1));
        journal.Write(0, Records.Answered("after"));

        Assert.Equal(0, journal.HeldCount);
        Assert.Equal(4, journal.WrittenCount);
        Assert.Equal(["before", "after", "during1", "during2"], ReadAllFiles());
        Assert.Equal(["cdr-20260131-held-0001.jsonl", "cdr-20260131-s00-0001.jsonl"], _folder.Names);
    }

    [Fact]
    public void Disk_ThatJustFailed_IsNotTriedByShardsUntilTheRetry()
    {
        int attempts = 0;
        using var journal = Open(write: (_, _, _) =>
        {
            attempts++;
            throw new IOException("I/O error");
        });

        for (int i = 0; i < 100; i++)
        {
            journal.Write(0, Records.Refused($"c{i}"));
        }

        Assert.Equal(1, attempts);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, attempts);
        Assert.Equal(100, journal.HeldCount);
    }

    [Fact]
    public void Folder_ThatIsTakenAway_HoldsRecordsUntilItIsBack()
    {
        using var journal = Open();
        Directory.Delete(_folder.Path, recursive: true);

        journal.Write(0, Records.Refused("a"));
        Assert.Equal(1, journal.HeldCount);

        Directory.CreateDirectory(_folder.Path);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["a"], ReadAllFiles());
    }

    [Fact]
    public void HeldRecords_BeyondTheBound_AreDroppedAndCounted()
    {
        var journal = Open(write: (_, _, _) => throw new IOException("I/O error"));

        for (int i = 0; i < CallRecordLimits.MaxHeldRecords + 7; i++)
        {
            journal.Write(0, Records.Refused($"c{i}"));
        }

        Assert.Equal(CallRecordLimits.MaxHeldRecords, journal.HeldCount);
        Assert.Equal(7, journal.DroppedCount);

        // What is still held at the end is lost, and says so.
        journal.Dispose();
        Assert.Equal(CallRecordLimits.MaxHeldRecords + 7, journal.DroppedCount);
    }

    [Fact]
    public void Dispose_WritesWhatIsHeld()
    {
        bool failing = true;
        var journal = Open(write: (file, bytes, offset) =>
        {
            if (failing)
            {
                throw new IOException("I/O error");
            }

            RandomAccess.Write(file, bytes, offset);
        });
        journal.Write(0, Records.Refused("a"));

        failing = false;
        journal.Dispose();

        Assert.Equal(["a"], ReadAllFiles());
        Assert.Equal(0, journal.DroppedCount);
    }

    [Fact]
    public void Record_AfterDispose_IsWrittenAllTheSame()
    {
        var journal = Open();
        journal.Write(0, Records.Refused("a"));
        journal.Dispose();

        journal.Write(0, Records.Refused("b"));

        Assert.Equal(["a", "b"], ReadAllFiles());
        journal.Dispose();
    }

    [Fact]
    public void File_ThatOthersCanSee_IsActiveFromItsFirstMoment()
    {
        using var stop = new ManualResetEventSlim();
        var journal = Open(maxFileBytes: 4096);
        int taken = 0;

        // Removes every file that is not active, as the importer does after a commit. One removed too early would lose its records.
        var remover = new Thread(() =>
        {
            do
            {
                foreach (string path in _folder.Files.Where(path => !journal.IsActive(path)))
                {
                    taken += Records.ReadAll(path).Count;
                    File.Delete(path);
                }
            }
            while (!stop.IsSet);
        });
        remover.Start();
        for (int i = 0; i < 3_000; i++)
        {
            journal.Write(0, Records.Answered($"c{i}"));
        }

        stop.Set();
        remover.Join();
        journal.Dispose();

        Assert.Equal(3_000, taken + ReadAllFiles().Length);
    }

    [Fact]
    public void Shards_WritingAtOnce_LoseNothing()
    {
        const int Shards = 4;
        const int Each = 300;
        using (var journal = Open(shards: Shards, maxFileBytes: 64 * 1024))
        {
            Parallel.For(0, Shards, new ParallelOptions { MaxDegreeOfParallelism = Shards }, shard =>
            {
                for (int i = 0; i < Each; i++)
                {
                    journal.Write(shard, Records.Answered($"{shard}-{i}"));
                }
            });
            Assert.Equal(Shards * Each, journal.WrittenCount);
        }

        Assert.Equal(Shards * Each, ReadAllFiles().Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Write_InSteadyState_AllocatesNothing()
    {
        using var journal = Open();
        CallRecord record = Records.Answered("c");

        MediaCore.Tests.AllocationAssert.Zero(300, 1000, () => journal.Write(0, record));
    }

    private string[] ReadAllFiles()
        => [.. _folder.Files.OrderBy(file => file.Contains("held", StringComparison.Ordinal)).SelectMany(file => Records.ReadAll(file)).Select(record => record.CallId)];

    private CallRecordJournal Open(int shards = 1, long maxFileBytes = 64 * 1024 * 1024, int maxFilesKept = 0, JournalWrite? write = null)
        => new(
            new CallRecordJournalOptions { Folder = _folder.Path, ShardCount = shards, MaxFileBytes = maxFileBytes, MaxFilesKept = maxFilesKept },
            null,
            _time,
            write ?? RandomAccess.Write);
}
