using System.Diagnostics.Metrics;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Records.Begun;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Records.Begun;

/// <summary>What stands on the disk of calls in progress, wherever a kill falls.</summary>
public sealed class BegunCallsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-begun-").FullName;
    private readonly TestClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CallInProgress_IsReadWithAllThatWasKnown_EndedWhenTheServerWasLastThere()
    {
        BegunCalls calls = Open();
        DateTimeOffset began = _clock.GetUtcNow();
        Answer(calls, "call-1");
        calls.Publish(new RecordingChanged { CallId = "call-1", At = _clock.GetUtcNow(), Stage = RecordingStage.Started, Recording = new RecordingInfo { CallId = "call-1", LegId = "call-1-0", File = "a.wav", StartedAt = _clock.GetUtcNow() } });
        calls.Note(Decided("call-1", "vip"));
        calls.Flush();
        _clock.Advance(TimeSpan.FromSeconds(20));
        calls.Flush();
        DateTimeOffset alive = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromMinutes(5));

        CutOffCall found = Assert.Single(Left());
        CallRecord record = found.Record;
        Assert.Equal(("+12025550199", "+12025550123", "+12025550123", "carrier", "+12025550188"), (record.Caller, record.Called, record.Number, record.InboundTrunk, record.AssertedCaller));
        Assert.Equal((began, began.AddSeconds(2), alive), (record.StartedAt, record.AnsweredAt, record.EndedAt));
        Assert.Equal((CallEndReason.NodeFailure, CallEndSide.Server, 200, 41), (record.Reason, record.EndedBy, record.SipStatus, record.Q850Cause));
        Assert.Equal("a.wav", Assert.Single(record.Recordings).File);
        Assert.Equal(
            [("call-1-0", true, "carrier", 200, alive), ("call-1-1", false, "bob-desk", 486, began.AddSeconds(1)), ("call-1-2", false, "anna-desk", 200, alive)],
            record.Legs.Select(static leg => (leg.LegId, leg.Inbound, leg.Peer!, leg.SipStatus, leg.EndedAt)));
        Assert.Equal(record.CallId + "@192.0.2.1", record.Legs[0].SipCallId);
        Assert.Contains("vip", Assert.Single(found.Decisions).Row.Document, StringComparison.Ordinal);
    }

    [Fact]
    public void CallThatIsOver_IsNotThere_AndOneThatWasSoonOverIsNeverWritten()
    {
        BegunCalls calls = Open();
        Answer(calls, "call-1");
        End(calls, "call-1");
        calls.Flush();
        Assert.Empty(Directory.GetFiles(_folder));
        Answer(calls, "call-2");
        Answer(calls, "call-3");
        calls.Flush();
        End(calls, "call-2");
        calls.Flush();
        Assert.Equal("call-3", Assert.Single(Left()).Record.CallId);
        Assert.Equal((1, 0), (calls.Count, calls.Waiting));
    }

    [Fact]
    public async Task OrderlyStop_LeavesNoFile()
    {
        var calls = BegunCalls.Start(_folder, TimeProvider.System);
        Answer(calls, "call-1");
        End(calls, "call-1");
        await calls.DisposeAsync();
        Assert.Empty(Directory.GetFiles(_folder));
    }

    /// <summary>A kill in the middle of a write: what stood there before holds, whichever byte was the last.</summary>
    [Fact]
    public void TornAtEachByte_TheWholeLinesHold()
    {
        BegunCalls calls = Open();
        Answer(calls, "call-1");
        calls.Flush();
        Answer(calls, "call-2");
        calls.Note(Decided("call-1", "gold"));
        calls.Flush();
        End(calls, "call-1");
        calls.Flush();
        byte[] whole = ReadShared(Assert.Single(Directory.GetFiles(_folder)));
        List<string> seen = [];
        for (int length = 0; length <= whole.Length; length++)
        {
            Dictionary<string, CutOffCall> left = new(StringComparer.Ordinal);
            long alive = 0;
            BegunCallLine.Read(whole.AsSpan(0, length), left, ref alive);
            string now = string.Join(' ', left.Values.OrderBy(static call => call.Record.CallId, StringComparer.Ordinal).Select(static call => call.Record.CallId + (call.Decisions.Count > 0 ? "+" : "")));
            bool isWhole = length < whole.Length && whole[length] == '\n';
            bool isBehind = length > 0 && whole[length - 1] == '\n';
            if (seen.Count == 0 || seen[^1] != now)
            {
                // It changes where a line is whole, with or without its end, and nowhere else.
                Assert.True(length == 0 || isWhole || isBehind, $"{now} at byte {length}");
                seen.Add(now);
            }
        }

        Assert.Equal(["", "call-1", "call-1 call-2", "call-1+ call-2", "call-2"], seen);
    }

    [Fact]
    public void DiskThatRefuses_IsCounted_HoldsNothingOfCallsThatAreOver_AndHasAllWhenItTakesAgain()
    {
        long failures = 0;
        using var listener = new MeterListener { InstrumentPublished = static (instrument, to) => { if (instrument.Name == "mediacore.numbers.calls.begun.failures") { to.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => failures += value);
        listener.Start();
        bool isFull = false;
        BegunCalls calls = BegunCalls.Open(_folder, _clock, write: (file, bytes, offset) =>
        {
            if (isFull)
            {
                // Half of it, as a disk that fills up.
                RandomAccess.Write(file, bytes[..(bytes.Length / 2)], offset);
                throw new IOException("No space left on device");
            }

            RandomAccess.Write(file, bytes, offset);
        });
        Answer(calls, "call-1");
        calls.Flush();
        isFull = true;
        for (int i = 0; i < 5_000; i++)
        {
            Answer(calls, $"short-{i}");
            End(calls, $"short-{i}");
        }

        Answer(calls, "call-2");
        calls.Flush();
        calls.Flush();
        Assert.Equal(2, failures);
        Assert.Equal((2, 0), (calls.Count, calls.Waiting));
        Assert.Equal("call-1", Left()[0].Record.CallId);
        End(calls, "call-1");
        isFull = false;
        calls.Flush();
        Assert.Equal(2, failures);
        Assert.Equal("call-2", Assert.Single(Left()).Record.CallId);
        Assert.Single(Directory.GetFiles(_folder));
    }

    /// <summary>However much happens to however many calls: the files are at most as long as said.</summary>
    [Fact]
    public void Files_AreBoundedByTheCallsInProgress()
    {
        BegunCalls calls = Open();
        long longest = 0;
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 200; i++)
            {
                Answer(calls, $"call-{round}-{i}");
                calls.Note(Decided($"call-{round}-{i}", new string('x', 500)));
                calls.Flush();
                if (round > 0)
                {
                    End(calls, $"call-{round - 1}-{i}");
                }
            }

            longest = Math.Max(longest, Directory.GetFiles(_folder).Sum(static path => new FileInfo(path).Length));
        }

        calls.Flush();
        Assert.InRange(longest, BegunCallLimits.MinRewriteBytes / 2, BegunCallLimits.MinRewriteBytes + (2 * 400 * 4_000));
        Assert.Equal(200, Left().Count);
    }

    [Fact]
    public void MoreEndsThanAreKept_AreAllKnown_ByANewFile()
    {
        BegunCalls calls = Open();
        for (int i = 0; i < BegunCallLimits.MaxWaitingEnds + 10; i++)
        {
            Begin(calls, $"call-{i}");
        }

        Begin(calls, "last");
        calls.Flush();
        for (int i = 0; i < BegunCallLimits.MaxWaitingEnds + 10; i++)
        {
            End(calls, $"call-{i}");
        }

        Assert.Equal(BegunCallLimits.MaxWaitingEnds, calls.Waiting);
        calls.Flush();
        Assert.Equal("last", Assert.Single(Left()).Record.CallId);
    }

    /// <summary>Events, decisions and writes from several threads at once: the file says what is true at the end.</summary>
    [Fact]
    public async Task CallsOfManyThreads_AreThere_AndThoseThatEndedAreNot()
    {
        BegunCalls calls = Open();
        using var done = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                calls.Flush();
            }
        }, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                string id = $"call-{thread}-{i}";
                Begin(calls, id);
                calls.Note(Decided(id, "vip"));
                if (i % 10 != 0)
                {
                    End(calls, id);
                }
            }
        }, CancellationToken.None)));
        await done.CancelAsync();
        await writing;
        calls.Flush();
        Assert.Equal(200, Left().Count);
        Assert.All(Left(), static call => Assert.True(call.Record.CallId.EndsWith('0') && call.Decisions.Count == 1));
        Assert.Equal((200, 0), (calls.Count, calls.Waiting));
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }

    internal static CompletedCall Decided(string callId, string tag) => new(
        new CallFacts { CallId = callId, TenantId = Guid.Parse("01890000-0000-7000-8000-000000000001"), Number = "+12025550123" },
        [new CallTraceLine(DateTimeOffset.UnixEpoch, "plan", "rule \"hours\"")],
        new Dictionary<string, string>(StringComparer.Ordinal),
        null,
        null) { Tags = [tag] };

    private BegunCalls Open() => BegunCalls.Open(_folder, _clock);

    private IReadOnlyList<CutOffCall> Left() => CutOffCalls.Read(Directory.GetFiles(_folder).Order(StringComparer.Ordinal));

    private void Begin(BegunCalls calls, string id)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        calls.Publish(new CallCreated { CallId = id, At = now, Caller = "+12025550199", Called = "+12025550123", InboundTrunk = "carrier", Source = "udp:192.0.2.1:5060", SipCallId = id + "@192.0.2.1" });
        calls.Publish(new CallOffered { CallId = id, At = now, Application = CallDirector.Application, Number = "+12025550123", AssertedCaller = "+12025550188" });
    }

    private void Answer(BegunCalls calls, string id)
    {
        Begin(calls, id);
        DateTimeOffset now = _clock.GetUtcNow();
        calls.Publish(new LegChanged { CallId = id, LegId = id + "-1", At = now, Phase = LegPhase.Trying, Peer = "bob-desk" });
        calls.Publish(new LegChanged { CallId = id, LegId = id + "-1", At = now.AddSeconds(1), Phase = LegPhase.Ended, Peer = "bob-desk", SipStatus = 486, Q850Cause = 17 });
        calls.Publish(new LegChanged { CallId = id, LegId = id + "-2", At = now.AddSeconds(1), Phase = LegPhase.Ringing, Peer = "anna-desk" });
        calls.Publish(new LegChanged { CallId = id, LegId = id + "-0", At = now.AddSeconds(2), Phase = LegPhase.Answered, IsInbound = true, Peer = "carrier", PeerIsTrunk = true });
        calls.Publish(new LegChanged { CallId = id, LegId = id + "-2", At = now.AddSeconds(2), Phase = LegPhase.Answered, Peer = "anna-desk" });
    }

    private void End(BegunCalls calls, string id) => calls.Publish(new CallEnded { CallId = id, At = _clock.GetUtcNow(), Record = new CallRecord { CallId = id } });
}
