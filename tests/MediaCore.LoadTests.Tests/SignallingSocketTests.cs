using System.Net;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Sockets;
using MediaCore.Primitives;
using MediaCore.Transport.Polling;

namespace MediaCore.LoadTests.Tests;

public sealed class SignallingSocketTests
{
    [Fact]
    public void WhatCame_HasTheMomentAtWhichItDid_NotThatOfItsFetch()
    {
        using SignallingSocket here = new(NetworkEndpoint.From(IPAddress.Loopback, 0));
        using SignallingSocket there = new(NetworkEndpoint.From(IPAddress.Loopback, 0));
        Timestamp before = MonotonicClock.Now;
        Assert.Equal(0, there.Fetch().Count);
        long wallBefore = WallClock.Nanoseconds;
        here.Queue("hello"u8, there.LocalEndpoint);
        here.Flush();

        // It is there once the poller says so, which may be after the sender's call: between that moment and the fetch lies what must not be in the stamp.
        using EventPoller poller = new();
        poller.Add(there.Descriptor, 1);
        Assert.Equal(1, poller.Wait(new ReadyEvent[EventPoller.MaxEventsPerWait], TimeSpan.FromSeconds(30)));
        long wallAfter = WallClock.Nanoseconds;

        StampedBatch batch = there.Fetch();
        Timestamp now = MonotonicClock.Now;

        Assert.Equal(1, batch.Count);
        Assert.Equal("hello"u8, batch.Datagram(0));
        Assert.Equal(here.LocalEndpoint, batch.Source(0));
        Assert.Equal(here.LocalEndpoint.Port, batch.SourcePort(0));
        Assert.InRange(batch.ArrivedAt(0), wallBefore, wallAfter);
        Assert.InRange(there.ArrivedAt(0, now).Nanoseconds, before.Nanoseconds, now.Nanoseconds);
    }

    [Fact]
    public void MoreThanABatch_IsFetchedInSeveral()
    {
        using SignallingSocket here = new(NetworkEndpoint.From(IPAddress.Loopback, 0));
        for (int i = 0; i < 100; i++)
        {
            here.Queue([(byte)i], here.LocalEndpoint);
        }

        here.Flush();
        List<byte> seen = [];
        StampedBatch batch;
        do
        {
            batch = here.Fetch();
            seen.AddRange(Enumerable.Range(0, batch.Count).Select(i => batch.Datagram(i)[0]));
        }
        while (batch.IsFull);

        Assert.Equal(Enumerable.Range(0, 100).Select(static i => (byte)i), seen);
        Assert.Equal(0, here.QueuedDatagrams);
    }
}
