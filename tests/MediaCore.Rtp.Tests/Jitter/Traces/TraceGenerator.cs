namespace MediaCore.Rtp.Tests.Jitter.Traces;

/// <summary>
/// Traces from simple models of access networks. Each is a first-in first-out path (a packet never overtakes another): a base, a jitter per packet, and what makes the kind:
/// stalls during which packets pile up and then come at once, a queue that fills and drains. Figures are milliseconds and seconds. Speech is on and off as in ITU-T P.59.
/// </summary>
internal static class TraceGenerator
{
    private const double PacketSeconds = DelayTrace.PacketMicroseconds / 1e6;

    public static DelayTrace Create(TraceKind kind, ulong seed, int packets)
    {
        SplitMix random = new((seed * 0x100000001b3) ^ ((ulong)kind + 1));
        double drift = kind == TraceKind.LanDrift ? (seed % 2 == 0 ? -150 : 150) : random.Uniform(-20, 20);
        int[] delays = new int[packets];
        Func<double, double> path = kind switch
        {
            TraceKind.WifiBursts => Wifi(random),
            TraceKind.MobileHandover => Mobile(random),
            TraceKind.LanDrift => Lan(random),
            TraceKind.SlowCongestion => Congestion(random),
            _ => Bufferbloat(random),
        };
        double loss = kind switch { TraceKind.LanDrift => 0.0005, TraceKind.SlowCongestion => 0.01, _ => 0.003 };
        double lastArrival = double.MinValue;
        double offset = drift < 0 ? -drift * packets * PacketSeconds / 1000 : 0;
        for (int i = 0; i < packets; i++)
        {
            double sent = i * PacketSeconds * 1000;
            double arrival = Math.Max(sent + path(sent / 1000), lastArrival + 0.1);
            bool lost = random.Chance(loss);
            lastArrival = lost ? lastArrival : arrival;
            delays[i] = lost ? DelayTrace.Lost : (int)Math.Round(10 * (arrival - sent + offset + (drift * sent / 1e6)));
        }

        return new DelayTrace($"{kind}-{seed}", delays, Talkspurts(random, packets), drift);
    }

    /// <summary>A channel that is calm for 15 s and busy for 5 s on average; packets wait for it, and now and then the radio is away (scan, power save).</summary>
    private static Func<double, double> Wifi(SplitMix random)
    {
        bool busy = false;
        double until = random.Exponential(15);
        double stallEnd = -1;
        double nextStall = random.Exponential(20);
        return now =>
        {
            if (now >= until)
            {
                busy = !busy;
                until = now + random.Exponential(busy ? 5 : 15);
                nextStall = now + random.Exponential(busy ? 1.5 : 20);
            }

            if (now >= nextStall)
            {
                stallEnd = now + (busy ? random.Uniform(0.04, 0.16) : random.Uniform(0.02, 0.08));
                nextStall = stallEnd + random.Exponential(busy ? 1.5 : 20);
            }

            double wait = random.Exponential(busy ? 9 : 1.2);
            return 3 + wait + (Math.Max(0, stallEnd - now) * 1000);
        };
    }

    /// <summary>LTE-like: grants every 10 ms, retransmissions of 8 ms, a handover every 15 s with an outage, after which the base is another one.</summary>
    private static Func<double, double> Mobile(SplitMix random)
    {
        double home = 25;
        double nextHandover = random.Exponential(15);
        double outageEnd = -1;
        return now =>
        {
            if (now >= nextHandover)
            {
                outageEnd = now + random.Uniform(0.06, 0.35);
                home = random.Uniform(18, 50);
                nextHandover = outageEnd + 2 + random.Exponential(13);
            }

            double wait = random.Uniform(0, 10);
            while (random.Chance(0.1))
            {
                wait += 8;
            }

            return home + wait + (Math.Max(0, outageEnd - now) * 1000);
        };
    }

    /// <summary>A quiet switch, a clock that is 150 ppm off, a busy uplink for 6 s in every 30 s or so, and a host that pauses rarely.</summary>
    private static Func<double, double> Lan(SplitMix random)
    {
        bool busy = false;
        double until = random.Exponential(25);
        double nextPause = random.Exponential(12);
        return now =>
        {
            if (now >= until)
            {
                busy = !busy;
                until = now + random.Exponential(busy ? 6 : 25);
            }

            double pause = 0;
            if (now >= nextPause)
            {
                pause = random.Uniform(5, 30);
                nextPause = now + random.Exponential(12);
            }

            return 0.3 + pause + random.Exponential(busy ? 4 : 0.3);
        };
    }

    /// <summary>A link whose load goes up and down within 30 to 60 s; jitter grows with its queue.</summary>
    private static Func<double, double> Congestion(SplitMix random)
    {
        double period = random.Uniform(30, 60);
        double phase = random.Uniform(0, 2 * Math.PI);
        double depth = random.Uniform(25, 50);
        return now =>
        {
            double queue = depth * (1 + Math.Sin(phase + (2 * Math.PI * now / period)));
            return 20 + queue + random.Exponential(1.5 + (queue * 0.12));
        };
    }

    /// <summary>Uploads fill an oversized queue within a second, hold it with TCP's saw-tooth for 4 to 12 s, and let it drain.</summary>
    private static Func<double, double> Bufferbloat(SplitMix random)
    {
        double queue = 0;
        double full = 0;
        bool loaded = false;
        double until = random.Uniform(4, 15);
        double last = 0;
        return now =>
        {
            double step = now - last;
            last = now;
            if (now >= until)
            {
                loaded = !loaded;
                full = random.Uniform(100, 280);
                until = now + (loaded ? random.Uniform(4, 12) : random.Uniform(8, 20));
            }

            if (loaded)
            {
                queue = queue >= full ? full * 0.7 : queue + (step * full * (queue < full * 0.65 ? 1.3 : 0.3));
            }
            else
            {
                queue = Math.Max(0, queue - (step * 400));
            }

            return 8 + queue + random.Exponential(1.5 + (queue * 0.01));
        };
    }

    private static bool[] Talkspurts(SplitMix random, int packets)
    {
        bool[] speech = new bool[packets];
        bool talking = true;
        double until = random.Exponential(1.004);
        for (int i = 0; i < packets; i++)
        {
            while (i * PacketSeconds >= until)
            {
                talking = !talking;
                until += Math.Max(0.2, random.Exponential(talking ? 1.004 : 1.587));
            }

            speech[i] = talking;
        }

        return speech;
    }
}
