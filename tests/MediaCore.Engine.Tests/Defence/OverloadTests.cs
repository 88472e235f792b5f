using MediaCore.Engine.Defence;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Defence;

/// <summary>More than the shard can do: what is refused, what goes on, and how much of the work gets done.</summary>
public sealed class OverloadTests : CallTest
{
    public OverloadTests()
    {
        World.Options = World.Options with { Defence = new DefenceOptions() };
        World.Policy.InboundTrunks[Alice.Endpoint] = new Trunk { Name = "carrier" };
    }

    /// <summary>Messages have waited so long, for so many intervals.</summary>
    private void Wait(double milliseconds, int intervals)
    {
        World.QueueDelay = TimeSpan.FromMilliseconds(milliseconds);
        for (int i = 0; i < intervals * 4; i++)
        {
            World.Advance(0.025);
            World.Shard.Context.Admission.NoteTurn(World.QueueDelay);
        }
    }

    private double Share => World.Shard.Context.Admission.Gate.Share;

    private string[] Dial(string number = "+1001", string extra = "")
    {
        PeerDialog dialog = PeerDialog.Dial(Alice, number, PeerSdp.Audio(Alice), extra);
        if (Alice.TakeAny() is not { } answer)
        {
            return [];
        }

        if (answer.Status == 503)
        {
            dialog.Ack(answer);
            return ["503"];
        }

        dialog.Cancel();
        Alice.Take("200 CANCEL");
        if (Bob.TakeAny() is { } invite)
        {
            Bob.Respond(invite, 180, "t-bob");
            SipText cancel = Bob.Take("CANCEL");
            Bob.Respond(cancel, 200);
            Bob.Respond(invite, 487, "t-bob");
            Bob.Take("ACK");
        }

        foreach (string kind in Alice.TakeAll())
        {
            Assert.Contains(kind, (string[])["180 INVITE", "487 INVITE"]);
        }

        dialog.Ack(Alice.History[^1].Message);
        return ["taken"];
    }

    [Fact]
    public void StandingQueue_RefusesNewCalls_With503AndRetryAfter_WhileCallsGoOn()
    {
        (PeerDialog caller, PeerDialog callee) = Establish();
        Wait(400, 10);
        Assert.True(Share < 0.1);
        long held = World.Statistics.ServerTransactions;
        PeerDialog refused = PeerDialog.Dial(Alice, "+1001", PeerSdp.Audio(Alice));
        SipText answer = Alice.Take("503 INVITE");
        Assert.True(answer.Has("Retry-After"));
        refused.Ack(answer);
        Bob.TakeNothing();

        // Nothing is kept of it, and the call that is up is ended as ever.
        Assert.Equal(held, World.Statistics.ServerTransactions);
        HangUp(caller, callee);
    }

    [Fact]
    public void Burst_IsNoOverload()
    {
        for (int i = 0; i < 100; i++)
        {
            World.Advance(0.02);
            World.Shard.Context.Admission.NoteTurn(TimeSpan.FromMilliseconds(i % 4 == 0 ? 5 : 300));
        }

        Assert.Equal(1.0, Share);
    }

    [Theory]
    [InlineData(0.15)]
    [InlineData(5)]
    public void SlowTurns_WithIdlenessBetweenThem_AreNoOverload(double idleSeconds)
    {
        // The first call of a server that has just started: one turn takes long (code is compiled), and what came meanwhile has waited for it.
        Admission admission = World.Shard.Context.Admission;
        for (int i = 0; i < 20; i++)
        {
            World.Advance(idleSeconds);
            admission.NoteTurn(TimeSpan.Zero);
            World.Advance(0.12);
            admission.NoteTurn(TimeSpan.FromMilliseconds(120));
        }

        Assert.Equal(1.0, Share);
        Assert.Equal(["taken"], Dial());
    }

    [Fact]
    public void Load_ThatIsOver_LetsEverythingInAgain()
    {
        Wait(400, 20);
        Assert.Equal(["503"], Dial());
        Wait(0, 90);
        Assert.Equal(1.0, Share);
        Assert.Equal(["taken"], Dial());
    }

    [Fact]
    public void BetweenTheThresholds_TheShareStays()
    {
        Wait(30, 3);
        double share = Share;
        Assert.InRange(share, 0.3, 0.9);
        Wait(15, 20);
        Assert.Equal(share, Share);
    }

    [Theory]
    [InlineData("Priority: emergency\r\n")]
    [InlineData("Resource-Priority: esnet.1\r\n")]
    public void Priority_OfATrunk_IsLetIn(string header)
    {
        Wait(90, 20);
        Assert.Equal(["503"], Dial());
        Assert.Equal(["taken"], Dial(extra: header));
    }

    [Fact]
    public void EmergencyNumber_IsLetIn()
    {
        World.RouteToTrunks("112", Bob);
        Wait(90, 20);
        Assert.Equal(["503"], Dial());
        Assert.Equal(["taken"], Dial("112"));
    }

    [Fact]
    public void FarTooMuch_DropsStrangersCalls_AndAnswersTrunks()
    {
        Wait(500, 20);
        PeerDialog.Dial(Carol, "+1001", PeerSdp.Audio(Carol), "Priority: emergency\r\n");
        Carol.TakeNothing();
        Assert.Equal(1, World.Statistics.DefenceDrops[(int)DefenceReason.OverloadDropped]);
        Assert.Equal(["503"], Dial());
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(2.0)]
    [InlineData(4.0)]
    [InlineData(10.0)]
    public void Goodput_BeyondTheKnee_StaysAtThePeak(double load)
    {
        // A server of 1,000 requests/s, a queue before it as the kernel's: each admitted request takes 1 ms, a refusal 20 µs.
        var gate = new OverloadGate(new OverloadOptions());
        var queue = new Queue<double>();
        double now = 0;
        double arrivalGap = 0.001 / load;
        double nextArrival = 0;
        int served = 0;
        int late = 0;
        while (now < 30)
        {
            while (nextArrival <= now)
            {
                queue.Enqueue(nextArrival);
                nextArrival += arrivalGap;
            }

            if (queue.Count == 0)
            {
                now = nextArrival;
                gate.Note(TimeSpan.Zero, 0, At(now));
                continue;
            }

            double waited = now - queue.Dequeue();
            gate.Note(TimeSpan.FromSeconds(waited), 0, At(now));
            bool isIn = gate.TryEnter();
            now += isIn ? 0.001 : 0.000_02;
            if (now > 10 && isIn)
            {
                served++;
                late += waited > 0.2 ? 1 : 0;
            }
        }

        // Refusing takes its share of the processor; of the rest next to nothing is lost.
        double room = 20_000 * (1 - (0.02 * (load - 1)));
        Assert.InRange(served / room, 0.96, 1.01);
        Assert.Equal(0, late);

        static Timestamp At(double seconds) => new((long)(seconds * 1e9) + 1_000_000_000);
    }
}
