using MediaCore.Engine.MediaSessions;
using MediaCore.Engine.MediaSessions.Audio;
using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Engine.MediaSessions.Control;
using MediaCore.Engine.Shards;
using MediaCore.Primitives;
using MediaCore.Transport.Media;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>
/// The media side of a shard without any signalling: a relay, the media graph and phones that send and hear coded sound, in virtual time. For what happens to sound; who speaks what is said by the test.
/// </summary>
internal sealed class SoundWorld : IMediaNetwork, IDisposable
{
    private readonly PriorityQueue<Action, (long Time, int Order)> _events = new();
    private readonly List<string> _violations = [];
    private readonly List<SoundPhone> _phones = [];
    private readonly SimulatedMediaPorts _ports;
    private int _order;

    /// <summary>A shard by itself, or one of several that share conferences.</summary>
    public SoundWorld(ConferenceRooms? rooms = null, int shard = 0, EngineOptions? options = null)
    {
        Context = new ShardContext(
            shard,
            (options ?? new EngineOptions()) with { MediaAddress = World.Endpoint(World.ServerHost, 0) },
            new EngineServices { Policy = null!, CallRecords = null!, Loggers = NullLoggerFactory.Instance },
            new SessionTable(32),
            new SipHashKey(1, 2),
            null!,
            Timestamp.FromMilliseconds(1_000)) { MediaNetwork = this, Rooms = rooms ?? new ConferenceRooms(1) };
        Relay = new RtpRelay(Context);
        Audio = new AudioSessions(Context, Relay);
        Conferences = new ShardConferences(Audio, Context.Rooms);
        Control = new MediaControl(Audio, Conferences);
        _ports = new SimulatedMediaPorts(_violations);
    }

    public ShardContext Context { get; }

    public RtpRelay Relay { get; }

    public AudioSessions Audio { get; }

    public ShardConferences Conferences { get; }

    public MediaControl Control { get; }

    public Timestamp Now => Context.Now;

    public IReadOnlyList<SoundPhone> Phones => _phones;

    /// <summary>Nobody hears what is sent: for measuring what sending costs.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>A phone with a leg of its own.</summary>
    public SoundPhone Add(params string[] formats)
    {
        var phone = new SoundPhone(this, _phones.Count, formats);
        _ports.TryAllocate(Now, out MediaPort? port);
        phone.Leg.Open(port!, Now);
        phone.Leg.Expect(phone.Endpoint, default);
        _phones.Add(phone);
        return phone;
    }

    /// <summary>Connects two phones as an answered call would.</summary>
    public void Connect(SoundPhone first, SoundPhone second)
    {
        MediaLeg.Bridge(first.Leg, second.Leg);
        Audio.Settle(first.Leg, second.Leg, transcode: !first.HasCommonFormat(second));
    }

    /// <summary>Something happens later.</summary>
    public void At(Timestamp time, Action action) => _events.Enqueue(action, (time.Nanoseconds, _order++));

    public void Run(double seconds)
    {
        Timestamp end = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var next = new Timestamp(_events.TryPeek(out _, out (long Time, int Order) first) ? first.Time : long.MaxValue);
            Timestamp timer = Context.Wheel.NextDeadline();
            if (next > end && timer > end)
            {
                break;
            }

            if (timer <= next)
            {
                Context.Now = timer > Now ? timer : Now;
                var sink = new Sink();
                Context.Wheel.Advance(Now, ref sink);
            }
            else
            {
                Context.Now = next;
                _events.Dequeue()();
            }
        }

        Context.Now = end;
    }

    bool IMediaNetwork.Send(MediaPort port, bool isRtcp, ReadOnlySpan<byte> packet, in NetworkEndpoint destination)
    {
        for (int i = 0; i < _phones.Count && !IsDeaf; i++)
        {
            SoundPhone phone = _phones[i];
            if (phone.Endpoint == destination && !isRtcp)
            {
                phone.Hear(packet);
            }
        }

        return true;
    }

    /// <summary>Closes every leg; nothing of the graph may be left.</summary>
    public void Dispose()
    {
        foreach (SoundPhone phone in _phones)
        {
            if (phone.Leg.Close() is { } port)
            {
                _ports.Release(port, Now);
            }

            phone.Dispose();
        }

        Assert.Empty(_violations);
        Assert.Equal((0, 0L, 0L), (Audio.Count, Audio.Statistics.Parties, Audio.Statistics.Transcoding));
        Assert.Equal(0, Context.Wheel.Count);
        Audio.Dispose();
    }

    private readonly struct Sink : ITimerSink
    {
        public void OnTimer(TimerNode node) => ((OwnedTimer)node).Fire();
    }
}
