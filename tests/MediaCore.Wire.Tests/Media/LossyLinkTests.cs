using System.Text.Json;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Sbc;

namespace MediaCore.Wire.Tests.Media;

/// <summary>Calls over lines that lose, delay and reorder: what the record says of them is what the line did.</summary>
[Collection(MeasuredAlone.Name)]
public class LossyLinkTests
{
    private const int Packets = 400;
    private static readonly double[] s_loss = [0, 1, 3, 5, 10];

    [Fact]
    public async Task LossIsMeasuredWithinAPoint_TheScoreFallsWithIt_AndJitterAndOrderAreTold()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync();
        await using Line shuffled = await Line.ConnectAsync(sbc, new LossyLink(seed: 41, swapPercent: 5));
        await using Line jittery = await Line.ConnectAsync(sbc, new LossyLink(seed: 42, maxDelay: TimeSpan.FromMilliseconds(60)));
        List<Line> lossy = [];
        try
        {
            foreach (double percent in s_loss)
            {
                lossy.Add(await Line.ConnectAsync(sbc, new LossyLink(seed: 40, lossPercent: percent)));
            }

            Line[] all = [.. lossy, shuffled, jittery];
            await RtpEndpoint.SpeakAsync([.. all.SelectMany(static line => line.Ends)], Packets);
            foreach (Line line in all)
            {
                await line.HangUpAsync();
            }

            JsonElement[] qualities = [.. lossy.Select(line => QualityOf(sbc, line))];
            for (int i = 0; i < lossy.Count; i++)
            {
                double did = 100.0 * lossy[i].Link.Dropped / lossy[i].Link.Taken;
                Assert.InRange(qualities[i].GetProperty("loss_percent").GetDouble(), did - 1, did + 1);
                Assert.True(did - s_loss[i] is > -2 and < 2, $"the line dropped {did} % in place of {s_loss[i]} %");
            }

            double[] scores = [.. qualities.Select(static q => q.GetProperty("mos").GetDouble())];
            Assert.True(scores.Zip(scores.Skip(1)).All(static pair => pair.First > pair.Second), string.Join(' ', scores));

            // Held back and sent after its successor: each is seen once, and none is lost.
            JsonElement order = QualityOf(sbc, shuffled);
            Assert.InRange(order.GetProperty("out_of_order").GetInt32(), shuffled.Link.Swapped - 1, shuffled.Link.Swapped);
            Assert.Equal(0, order.GetProperty("loss_percent").GetDouble());
            Assert.True(shuffled.Link.Swapped > 5, $"{shuffled.Link.Swapped} packets were overtaken");

            // Delays of 0 to 60 ms at random differ by 20 ms on the average, which is what the jitter of RFC 3550 settles at; a busy machine only adds to it.
            JsonElement received = LegOf(sbc, jittery).GetProperty("received");
            Assert.True(received.GetProperty("max_jitter_ms").GetDouble() > 12, $"{received}");
        }
        finally
        {
            foreach (Line line in lossy)
            {
                await line.DisposeAsync();
            }
        }
    }

    /// <summary>One side has PCMU alone, the other PCMA alone; every twentieth packet is missing and what comes is late at random.</summary>
    [Fact]
    public async Task TranscodedCall_OverALossyLine_IsHeard()
    {
        await using ScriptedSbc sbc = await ScriptedSbc.StartAsync(trunk: "\"codecs\": [\"PCMA\", \"PCMU\"]");
        await using Line line = await Line.ConnectAsync(sbc, new LossyLink(seed: 7, lossPercent: 5, maxDelay: TimeSpan.FromMilliseconds(30)), "0", "8");
        await RtpEndpoint.SpeakAsync(line.Ends, 200);
        await line.HangUpAsync();
        line.Callee.AssertHeardTone(450);
        line.Caller.AssertHeardTone(1000);
        JsonElement leg = LegOf(sbc, line);
        Assert.Equal("PCMU/8000", leg.GetProperty("codec").GetString());
        Assert.InRange(leg.GetProperty("sound").GetProperty("concealed_percent").GetDouble(), 0.5, 60);
    }

    private static JsonElement QualityOf(ScriptedSbc sbc, Line line) => LegOf(sbc, line).GetProperty("quality");

    /// <summary>The caller's leg in the record of a line's call; it is found by where its media came from.</summary>
    private static JsonElement LegOf(ScriptedSbc sbc, Line line) =>
        Assert.Single(sbc.Server.ReadJournal().Select(static r => r.GetProperty("legs")[0]), leg => leg.GetProperty("sip_call_id").GetString() == line.Dialog.CallId);

    /// <summary>A call whose caller is behind a line.</summary>
    private sealed class Line : IAsyncDisposable
    {
        private Line(LossyLink link) => Link = link;

        public LossyLink Link { get; }

        public RtpEndpoint Caller { get; } = new(450, 1);

        public RtpEndpoint Callee { get; } = new(1000, 2);

        public SipDialog Dialog { get; private set; } = null!;

        public RtpEndpoint[] Ends => [Caller, Callee];

        public static async Task<Line> ConnectAsync(ScriptedSbc sbc, LossyLink link, string callerFormats = "0", string calleeFormats = "0")
        {
            Line line = new(link);
            line.Callee.PayloadType = byte.Parse(calleeFormats);
            line.Dialog = await sbc.ConnectMediaAsync(line.Caller, line.Callee, link, callerFormats, calleeFormats);
            return line;
        }

        /// <summary>Hangs up once the line has handed on what it took.</summary>
        public async Task HangUpAsync()
        {
            await Eventually.IsAsync(() => (Link.Taken, Left: Link.Taken - Link.Dropped - Link.Passed), n => n.Taken == Caller.Sent && n.Left <= 1, "the line is empty");
            Assert.Equal(200, (await Dialog.HangUpAsync()).Status);
        }

        public async ValueTask DisposeAsync()
        {
            await Link.DisposeAsync();
            await Caller.DisposeAsync();
            await Callee.DisposeAsync();
        }
    }
}
