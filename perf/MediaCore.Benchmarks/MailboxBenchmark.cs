using System.Buffers;
using BenchmarkDotNet.Attributes;
using MediaCore.Engine.Shards;
using MediaCore.Transport.Polling;

namespace MediaCore.Benchmarks;

/// <summary>What a message pays to reach a shard from another thread.</summary>
[MemoryDiagnoser]
public class MailboxBenchmark
{
    private readonly Mailbox<ShardItem> _mailbox = new(1024, poller: null);

    /// <summary>The queue alone, on one thread.</summary>
    [Benchmark]
    public int PostAndTake()
    {
        _mailbox.TryPost(new ShardItem { Kind = ShardItemKind.Message, Length = 900 });
        return _mailbox.TryTake(out ShardItem item) ? item.Length : 0;
    }
}

/// <summary>
/// A message handed over to another shard as the server does it: rented and copied here, posted, taken and returned on the other thread. The
/// budget is of the posting thread; the other one only returns what was rented.
/// </summary>
internal sealed class HandOverAllocation : IAllocationSubject
{
    private const int Burst = 16;

    private readonly EventPoller _poller = new();
    private readonly Mailbox<ShardItem> _mailbox;
    private readonly byte[] _message = new byte[900];
    private long _posted;
    private long _taken;

    public HandOverAllocation()
    {
        _mailbox = new Mailbox<ShardItem>(1024, _poller);
        new Thread(TakeForever) { IsBackground = true, Name = "other shard" }.Start();
    }

    public string Name => "Mailbox.HandOver";

    public void Run()
    {
        for (int i = 0; i < Burst; i++)
        {
            byte[] copy = ArrayPool<byte>.Shared.Rent(_message.Length);
            _message.CopyTo(copy, 0);
            if (!_mailbox.TryPost(new ShardItem { Kind = ShardItemKind.Message, Buffer = copy, Length = _message.Length, HandedOver = true }))
            {
                throw new InvalidOperationException("The mailbox is full.");
            }
        }

        _posted += Burst;
        SpinWait spin = default;
        while (Volatile.Read(ref _taken) < _posted)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void TakeForever()
    {
        ReadyEvent[] events = new ReadyEvent[EventPoller.MaxEventsPerWait];
        while (true)
        {
            if (_mailbox.TryTake(out ShardItem item))
            {
                ArrayPool<byte>.Shared.Return(item.Buffer!);
                Volatile.Write(ref _taken, _taken + 1);
            }
            else
            {
                _poller.Wait(events, Timeout.Infinite);
            }
        }
    }
}
