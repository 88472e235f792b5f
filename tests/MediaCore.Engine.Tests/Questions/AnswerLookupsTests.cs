using MediaCore.Engine.Control;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Control;
using MediaCore.Transport.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>Names in the answers of a control plane.</summary>
public sealed class AnswerLookupsTests
{
    private readonly HeldDns _dns = new();
    private readonly AnswerLookups _lookups;

    public AnswerLookupsTests() => _lookups = new AnswerLookups(new SipNameResolver(_dns, budget: TimeSpan.FromMinutes(10)), NullLogger.Instance);

    [Fact]
    public async Task Names_AreLookedUpSideBySide()
    {
        Task<string[]> found = FindAsync("one.example", "two.example");
        Assert.False(found.IsCompleted);

        // The second is asked for while the first has not been answered.
        _dns.Answer("two.example");
        _dns.Answer("one.example");
        Assert.Equal(["sip:bob@one.example:5060;transport=udp", "sip:bob@two.example:5060;transport=udp"], await found);
        Assert.True(FindAsync("192.0.2.7").IsCompletedSuccessfully);
    }

    [Fact]
    public async Task ThoseBeyondTheBound_GoOnAtOnceWithoutTheirNames_AndPlacesComeBack()
    {
        Task<string[]>[] waiting = [.. Enumerable.Range(0, ControlLimits.MaxLookups).Select(_ => FindAsync("held.example"))];
        Task<string[]> beyond = FindAsync("held.example", "192.0.2.7");
        Assert.True(beyond.IsCompleted);
        Assert.Equal(["sip:bob@192.0.2.7:5060;transport=udp"], await beyond);
        _dns.Answer("held.example");
        Assert.All(await Task.WhenAll(waiting), static found => Assert.Single(found));
        Assert.Single(await FindAsync("held.example"));
    }

    [Fact]
    public async Task ADefectOnTheWay_LeavesNoCallWaiting()
    {
        Task<string[]> found = FindAsync("broken.example", "192.0.2.7");
        _dns.Fail("broken.example");
        Assert.Equal(["sip:bob@192.0.2.7:5060;transport=udp"], await found);
    }

    private Task<string[]> FindAsync(params string[] hosts)
    {
        TaskCompletionSource<string[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var dial = new DialDecision([.. hosts.Select(static host => new UriDestination($"sip:bob@{host}:5060;transport=udp"))], IsSequential: true, TimeSpan.FromSeconds(20));
        _lookups.Find(dial, peers => done.SetResult([.. peers.Keys.Order(StringComparer.Ordinal)]));
        return done.Task;
    }
}
