using MediaCore.Engine.Registrar;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Tests.CallRecords;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.Registrar;

public sealed class BindingJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ListenerIdentity _udp = new(0, SipTransportKind.Udp, World.Endpoint("192.0.2.1", 5060), "192.0.2.1", 5060);
    private readonly ListenerIdentity _tcp = new(1, SipTransportKind.Tcp, World.Endpoint("192.0.2.1", 5060), "192.0.2.1", 5060);
    private Timestamp _now = Timestamp.FromMilliseconds(5_000_000);

    private string File => Path.Combine(_folder.Path, "registrations", "bindings");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bindings_AreThereAfterAKill_WithAllTheySay_AndTheTimeThatPassed()
    {
        LocationService before = Start(out BindingJournal journal);
        Bind(before, "bob", "sip:bob@10.0.0.1", 3600, cseq: 7, quality: 800, instance: "<urn:uuid:1>", path: "<sip:edge;lr>\n");
        Bind(before, "alice", "sip:alice@10.0.0.2", 60);
        journal.Flush(_now);

        // Nothing is closed: the process is gone. Another one has another monotonic clock.
        _time.Advance(TimeSpan.FromSeconds(100));
        _now = Timestamp.FromMilliseconds(1_000);
        LocationService after = Start(out _);
        Binding binding = Assert.Single(after.Get("bob", _now));
        Assert.Equal("sip:bob@10.0.0.1"u8, binding.Uri);
        Assert.Equal("call-bob"u8, binding.CallId);
        Assert.Equal("<urn:uuid:1>"u8, binding.Instance);
        Assert.Equal("<sip:edge;lr>\n"u8, binding.Path);
        Assert.Equal(7u, binding.CSeq);
        Assert.Equal(800, binding.Quality);
        Assert.Equal(World.Endpoint("203.0.113.7", 40000), binding.Flow.Remote);
        Assert.Same(_udp, binding.Flow.Local);
        Assert.Null(binding.Flow.Stream);
        Assert.Equal(3500, (binding.ExpiresAt - _now).TotalSeconds, 0.1);
        Assert.Empty(after.Get("alice", _now));
    }

    [Fact]
    public void StreamFlows_AreRememberedAsLost_AndOutboundOnesAreNotCalled()
    {
        LocationService before = Start(out BindingJournal journal);
        Bind(before, "bob", "sip:bob@10.0.0.1", 3600, listener: _tcp);
        Bind(before, "carol", "sip:carol@10.0.0.1", 3600, listener: _tcp, instance: "<urn:uuid:1>", regId: 1);
        journal.Flush(_now);
        LocationService after = Start(out _);
        Assert.True(Assert.Single(after.Get("bob", _now)).Flow.Stream!.IsClosed);
        Assert.Empty(after.Get("carol", _now));
    }

    [Fact]
    public void LastRecord_Counts_AndARemovalIsOne()
    {
        LocationService before = Start(out BindingJournal journal);
        Bind(before, "bob", "sip:old@10.0.0.1", 3600);
        Bind(before, "alice", "sip:alice@10.0.0.1", 3600);
        journal.Flush(_now);
        Bind(before, "bob", "sip:new@10.0.0.1", 3600);
        AccountBindings alice = before.GetEntry("alice");
        Assert.True(alice.TryReplace(alice.Stored, []));
        before.NoteChange(alice);
        journal.Flush(_now);
        LocationService after = Start(out _);
        Assert.Equal("sip:new@10.0.0.1"u8, Assert.Single(after.Get("bob", _now)).Uri);
        Assert.Empty(after.Get("alice", _now));
    }

    [Fact]
    public void TornOrDamagedTail_LosesNothingBeforeIt_AndWhatIsWrittenAfterwardsIsRead()
    {
        LocationService before = Start(out BindingJournal journal);
        Bind(before, "alice", "sip:alice@10.0.0.1", 3600);
        journal.Flush(_now);
        long whole = journal.Length;
        Bind(before, "bob", "sip:bob@10.0.0.1", 3600);
        journal.Flush(_now);
        byte[] bytes = ReadShared();
        for (long length = whole; length < bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..(int)length]);
            LocationService after = Start(out BindingJournal next);
            Assert.Single(after.Get("alice", _now));
            Assert.Empty(after.Get("bob", _now));
            Bind(after, "carol", "sip:carol@10.0.0.1", 3600);
            next.Flush(_now);
            next.Dispose();
            Assert.Single(Start(out next).Get("carol", _now));
            next.Dispose();
        }

        bytes[^3] ^= 1;
        System.IO.File.WriteAllBytes(File, bytes);
        Assert.Empty(Start(out _).Get("bob", _now));
    }

    [Fact]
    public void FileThatIsNotOurs_IsPutAside()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, "something else");
        Assert.Equal(0, Start(out _).AccountCount);
        Assert.Equal("something else", System.IO.File.ReadAllText(File + ".bad"));
    }

    [Fact]
    public void Refreshes_AreWrittenOncePerFlush_AndTheFileStaysSmall()
    {
        LocationService locations = Start(out BindingJournal journal);
        Bind(locations, "bob", "sip:bob@10.0.0.1", 3600);
        journal.Flush(_now);
        long one = journal.Length;
        Binding binding = Assert.Single(locations.Get("bob", _now));
        for (uint cseq = 2; cseq < 100; cseq++)
        {
            Assert.True(binding.TryRefresh(cseq, _now + TimeSpan.FromHours(1)));
            locations.NoteChange(locations.GetEntry("bob"));
        }

        journal.Flush(_now);
        Assert.InRange(journal.Length, one + 1, 2 * one);
        long record = journal.Length - one;
        for (int i = 0; i < (2 * BindingJournal.MinHistoryBytes / record) + 2; i++)
        {
            locations.NoteChange(locations.GetEntry("bob"));
            journal.Flush(_now);
        }

        Assert.InRange(journal.Length, one, BindingJournal.MinHistoryBytes + (2 * one) + record);
        Assert.Single(Start(out _).Get("bob", _now));
    }

    [Fact]
    public void DiskThatRefuses_IsTriedAgain_AndThenHasEverything()
    {
        LocationService locations = Start(out BindingJournal journal);
        Directory.CreateDirectory(File + ".new");
        for (int i = 0; i < 3 * BindingJournal.MinHistoryBytes / 100; i++)
        {
            Bind(locations, "user" + (i % 50), $"sip:{i}@10.0.0.1", 3600);
            if (i % 50 == 49)
            {
                journal.Flush(_now);
            }
        }

        Bind(locations, "bob", "sip:bob@10.0.0.1", 3600);
        journal.Flush(_now);
        Directory.Delete(File + ".new");
        journal.Flush(_now);
        LocationService after = Start(out _);
        Assert.Single(after.Get("bob", _now));
        Assert.Single(after.Get("user49", _now));
    }

    private LocationService Start(out BindingJournal journal)
    {
        var locations = new LocationService();
        journal = new BindingJournal(File, locations, _time, NullLogger.Instance);
        journal.Load([_udp, _tcp], _now);
        return locations;
    }

    private byte[] ReadShared()
    {
        using var file = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private void Bind(LocationService locations, string account, string uri, int seconds, uint cseq = 1, ushort quality = 1000, string instance = "", string path = "", ListenerIdentity? listener = null, uint regId = 0)
    {
        var texts = new BindingTexts
        {
            Uri = System.Text.Encoding.UTF8.GetBytes(uri),
            CallId = System.Text.Encoding.UTF8.GetBytes("call-" + account),
            Instance = System.Text.Encoding.UTF8.GetBytes(instance),
            Path = System.Text.Encoding.UTF8.GetBytes(path),
            Quality = quality,
            RegId = regId,
        };
        var flow = new Flow(listener ?? _udp, World.Endpoint("203.0.113.7", 40000), listener == _tcp ? LostStream.Instance : null);
        AccountBindings entry = locations.GetEntry(account);
        Assert.True(entry.TryReplace(entry.Stored, [new Binding(texts, flow, cseq, _now + TimeSpan.FromSeconds(seconds))]));
        locations.NoteChange(entry);
    }
}
