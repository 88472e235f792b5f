using System.Net;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Knee;
using MediaCore.LoadTests.Load;
using MediaCore.LoadTests.Media;
using MediaCore.LoadTests.Scenarios;
using MediaCore.Primitives;
using MediaCore.Transport.Udp;

namespace MediaCore.LoadTests.Tests;

/// <summary>The generator with nothing between its two ends: whatever is missing at the end is its own doing.</summary>
public sealed class DirectRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mediacore-direct-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EveryCallEnds_NoPacketIsLost_AndTheReportsSaySo()
    {
        ScenarioMix mix = ReadMix("call", "hold", "digits", "early-media", "cancel", "message");
        string report = Path.Combine(_folder, "report");
        LoadOptions options = new()
        {
            Mix = mix,
            Arrivals = new ArrivalPlan(ArrivalShape.Poisson, 15, 15, 2),
            IsDirect = true,
            Callers = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0),
            Callees = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0),
            Places = 200,
            Seed = 7,
            Report = report,
            Origin = new Origin("direct", "0000000", "1 × none"),
        };

        LoadResult result = await new LoadRun(options).RunAsync(CancellationToken.None);
        await LoadReport.WriteAsync(options, result);

        Assert.Equal("", string.Join("; ", result.Totals.Problems.Select(static p => $"{p.Value} × {p.Key}")));
        Assert.True(result.Totals.Started >= 15, $"{result.Totals.Started} calls");
        Assert.Equal((result.Totals.Started, 0), (result.Totals.Ended, result.Left));
        Assert.All(result.Scenarios, static s => Assert.Equal(s.Started, s.Ended));
        Assert.True(result.Totals.Sent > 0);
        Assert.Equal(result.Totals.Sent, result.Totals.Received);
        Assert.Equal((0L, 0L, 0L), (result.Totals.SilentSides, result.Totals.Altered, result.Totals.SendErrors));
        Assert.Equal(result.Totals.Started - result.Totals.Cancelled, result.SetUp.Count);
        Assert.Equal(result.Totals.Started, result.Seconds.Sum(static s => s.Started));

        // Calls begin for two seconds; the longest of them last longer than that, and belong to these all the same.
        Assert.Equal((result.Totals.Started, result.Totals.Ended), (result.Begun.Sum(static s => s.Started), result.Begun.Sum(static s => s.Ended)));
        Assert.InRange(result.Begun.Count, 1, 2);
        Assert.Equal(result.SetUp.Count, result.Begun.Sum(static s => s.SetUp.Count));
        Assert.True(result.IsWhole);
        string page = await File.ReadAllTextAsync(report + ".html");
        Assert.True(result.RtpLateMilliseconds >= 0 && result.Seconds.Any(static s => s.RtpLateMilliseconds > 0), $"{result.RtpLateMilliseconds} ms");
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("\"isWhole\": true", await File.ReadAllTextAsync(report + ".json"), StringComparison.Ordinal);
        Assert.Contains("`direct` at 0000000; 1 ", page, StringComparison.Ordinal);
        Assert.StartsWith("# Load: poisson", await File.ReadAllTextAsync(report + ".md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task ManyCallsAtOnce_AllEnd_WhetherWhatComesIsGatheredOrNot(int gatherMilliseconds)
    {
        using CallGenerator generator = new(new GeneratorOptions
        {
            Mix = ReadMix("signalling"),
            IsDirect = true,
            CallerAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0),
            CalleeAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0),
            Places = 3000,
            Gather = TimeSpan.FromMilliseconds(gatherMilliseconds),
        });

        generator.Start(new ArrivalPlan(ArrivalShape.Constant, 1000, 1000, 2).Start(1));
        await generator.UntilAsync(() => generator is { HasBegunAll: true, Up: 0 }, TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.Equal("", string.Join("; ", generator.Totals.Problems.Select(static p => $"{p.Value} × {p.Key}")));
        Assert.Equal((2000L, 2000L, 0L), (generator.Totals.Started, generator.Totals.Ended, generator.Totals.Unreadable));

        // Nobody speaks: nothing paces packets, and nothing listens.
        Assert.Equal(0, generator.Pump.Passes);
        (LatencySummary setUp, LatencySummary others) = (generator.SetUp.TakeAndClear(), generator.OthersPart.TakeAndClear());
        Assert.Equal((2000L, 2000L), (setUp.Count, others.Count));
        Assert.True(others.Max <= setUp.Max && others.P50 <= setUp.P50, $"{others} is part of {setUp}");

        // As after a server's warm-up: the same generator, from nothing.
        await generator.BeginAnewAsync(new ArrivalPlan(ArrivalShape.Constant, 100, 100, 1).Start(1));
        await generator.UntilAsync(() => generator is { HasBegunAll: true, Up: 0 }, TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.Equal((100L, 100L, 100L), (generator.Totals.Started, generator.Totals.Ended, generator.Scenarios[0].Ended));
        Assert.Equal(100L, generator.SetUp.TakeAndClear().Count);
    }

    [Fact]
    public async Task CallsThatNobodyAnswers_AreKnownByTheSecondTheyBeganIn()
    {
        // A server that has fallen silent: its socket is there, nobody reads it.
        using UdpSocket silent = UdpSocket.Bind(NetworkEndpoint.From(IPAddress.Loopback, 0), new UdpSocketOptions());
        using CallGenerator generator = new(new GeneratorOptions
        {
            Mix = ReadMix("signalling"),
            CallerAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.2"), 0),
            CalleeAddress = NetworkEndpoint.From(IPAddress.Parse("127.0.0.3"), 0),
            Places = 100,
        })
        { Server = silent.LocalEndpoint };

        generator.Start(new ArrivalPlan(ArrivalShape.Constant, 20, 20, 2).Start(1));
        await generator.UntilAsync(() => generator.HasBegunAll, TimeSpan.FromMinutes(1), CancellationToken.None);

        IReadOnlyList<BegunCalls> begun = [];
        await generator.LookAsync(() => begun = generator.TakeBegun());
        Assert.Equal((40L, 0L), (begun.Sum(static s => s.Started), begun.Sum(static s => s.Ended)));
        Assert.All(begun, static s => Assert.NotEqual("", new ServiceLevel(100, 0.01, 0).Broken(s.Started, s.Started - s.Ended, s.SetUp.P99, 0, 0)));
    }

    private static ScenarioMix ReadMix(params string[] names) => new([.. names.Select(static name =>
    {
        ScenarioMix one = ScenarioReader.Read(Path.Combine(AppContext.BaseDirectory, "scenarios", $"{name}.json"), out IReadOnlyList<string> errors)
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        return (one.Scenarios[0], 1.0);
    })]);
}
