using MediaCore.Transport.Dns;

namespace MediaCore.Transport.Tests.Dns;

public sealed class SipNameResolverTests
{
    private readonly ManualTime _time = new();
    private readonly Zone _zone = new() { TimeToLive = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Answer_IsCachedForItsTimeToLive_WhichShrinks()
    {
        _zone.A("sbc.example", "192.0.2.1");
        SipNameResolver resolver = new(_zone, SipServerLocator.Default, _time);
        var target = new SipTarget("sbc.example", 5060);
        Assert.Equal(TimeSpan.FromSeconds(30), (await resolver.ResolveAsync(target)).TimeToLive);
        int asked = _zone.Asked.Count;
        _time.Now += TimeSpan.FromSeconds(20);
        Assert.Equal(TimeSpan.FromSeconds(10), (await resolver.ResolveAsync(target)).TimeToLive);
        Assert.Equal(asked, _zone.Asked.Count);
        _time.Now += TimeSpan.FromSeconds(10);
        await resolver.ResolveAsync(target);
        Assert.Equal(asked + 1, _zone.Asked.Count);
    }

    [Fact]
    public async Task Nothing_IsCachedToo()
    {
        SipNameResolver resolver = new(_zone, time: _time);
        Assert.Empty((await resolver.ResolveAsync(new SipTarget("gone.example", 5060))).Addresses);
        Assert.Empty((await resolver.ResolveAsync(new SipTarget("gone.example", 5060))).Addresses);
        Assert.Equal(2, _zone.Asked.Count);
    }

    [Fact]
    public async Task ServersDown_TheLastAnswerStays_ForItsTimeAndNoLonger()
    {
        _zone.A("sbc.example", "192.0.2.1");
        SipNameResolver resolver = new(_zone, time: _time);
        var target = new SipTarget("sbc.example", 5060);
        await resolver.ResolveAsync(target);
        _zone.IsDown = true;
        _time.Now += TimeSpan.FromHours(23);
        SipLocation stale = await resolver.ResolveAsync(target);
        Assert.Single(stale.Addresses);
        Assert.Equal(DnsLimits.FailureTimeToLive, stale.TimeToLive);

        // Within the seconds after a failure the servers are left alone.
        int asked = _zone.Asked.Count;
        await resolver.ResolveAsync(target);
        Assert.Equal(asked, _zone.Asked.Count);

        _time.Now += TimeSpan.FromHours(2);
        SipLocation late = await resolver.ResolveAsync(target);
        Assert.Empty(late.Addresses);
        Assert.True(late.IsUncertain);
    }

    [Fact]
    public async Task SilentServers_EndWithTheBudget_AndQuestionsGoOutOnce()
    {
        var silent = new SilentLookup();
        SipNameResolver resolver = new(silent, budget: TimeSpan.FromMilliseconds(150));
        Task<SipLocation>[] all = [.. Enumerable.Range(0, 50).Select(_ => resolver.ResolveAsync(new SipTarget("slow.example", 5060)))];
        foreach (SipLocation location in await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(30)))
        {
            Assert.Empty(location.Addresses);
            Assert.True(location.IsUncertain);
        }

        Assert.Equal(2, silent.Asked);
    }

    [Fact]
    public void Cache_HoldsNoMoreThanItsBound_AndDropsTheOldest()
    {
        var cache = new DnsCache(_time, maxAnswers: 32);
        for (int i = 0; i < 1_000; i++)
        {
            _time.Now += TimeSpan.FromSeconds(1);
            cache.Store(DnsQuestion.Of($"n{i}.example", DnsRecordType.A), DnsAnswer.Nothing(TimeSpan.FromMinutes(4)));
            Assert.InRange(cache.Count, 1, 32);
        }

        Assert.True(cache.TryGet(DnsQuestion.Of("N999.example.", DnsRecordType.A), out _));
        Assert.False(cache.TryGet(DnsQuestion.Of("n900.example", DnsRecordType.A), out _));
    }

    private sealed class ManualTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class SilentLookup : IDnsLookup
    {
        private int _asked;

        public int Asked => _asked;

        public Task<DnsAnswer> LookupAsync(DnsQuestion question, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return new TaskCompletionSource<DnsAnswer>().Task;
        }
    }
}
