using System.CommandLine;
using System.Globalization;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Scenarios;

namespace MediaCore.LoadTests.Load;

/// <summary><c>load</c>: puts calls on a server, at times that do not depend on it.</summary>
internal static class LoadCommand
{
    /// <summary>Calls at once for one per second, where nothing else is asked for: whatever is slower than that many seconds would fail anyway.</summary>
    private const int SlowestSeconds = 34;

    private const int MostPlaces = 20_000;

    public static Command Create()
    {
        TargetArguments target = new();
        Option<string> scenario = new("--scenario") { Description = "File of a scenario, or of a mix of them.", Required = true };
        Option<ArrivalShape> arrivals = new("--arrivals") { Description = "How the rate goes: constant, poisson, ramp (from --rate to --peak), spike (--peak in the middle fifth), burst (--peak in the first half).", DefaultValueFactory = static _ => ArrivalShape.Constant };
        Option<double> rate = new("--rate") { Description = "Calls begun per second.", DefaultValueFactory = static _ => 20 };
        Option<double> peak = new("--peak") { Description = "Of a ramp or spike: its highest rate; 0 is three times the rate." };
        Option<double> seconds = new("--seconds") { Description = "How long calls begin; the run ends with the last of them.", DefaultValueFactory = static _ => 30 };
        Option<string> report = new("--report") { Description = "Writes FILE.html, FILE.json and FILE.md.", DefaultValueFactory = static _ => "" };
        Command command = new("load", "Put calls on a server at times that do not depend on its answers, with their media, and write a report. Exit code 0 when every call went as its scenario says and no packet was lost, else 1.");
        foreach (Option option in (Option[])[scenario, arrivals, rate, peak, seconds, report, .. target.All])
        {
            command.Options.Add(option);
        }

        command.SetAction(async (parsed, cancellation) =>
        {
            double top = parsed.GetValue(peak) is > 0 and var given ? given : 3 * parsed.GetValue(rate);
            ArrivalPlan plan = new(parsed.GetValue(arrivals), parsed.GetValue(rate), top, parsed.GetValue(seconds));
            return await RunAsync(target, parsed, parsed.GetValue(scenario)!, plan, parsed.GetValue(report)!, cancellation);
        });
        return command;
    }

    /// <summary>What a user gave as options of a run; null, with what is wrong told, where that makes none.</summary>
    public static async Task<LoadOptions?> ReadAsync(TargetArguments target, ParseResult parsed, string scenario, ArrivalPlan plan, string report)
    {
        List<string> problems = [];
        ScenarioMix? mix = ScenarioReader.Read(scenario, out IReadOnlyList<string> errors);
        problems.AddRange(errors);
        if (plan is not { Rate: > 0 and <= 100_000, Seconds: > 0 and <= 86_400 })
        {
            problems.Add("--rate is above 0 and at most 100000, --seconds above 0 and at most a day (86400)");
        }

        LoadOptions? options = mix is null ? null : target.Read(parsed, mix, problems);
        foreach (string problem in problems)
        {
            await Console.Error.WriteLineAsync($"load: {problem}");
        }

        return problems.Count > 0 ? null : options! with
        {
            Arrivals = plan,
            Report = report,
            Places = options.Places > 0 ? options.Places : PlacesFor(plan.HighestRate, mix!),
            Command = string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileNameWithoutExtension(scenario)} --arrivals {plan.Shape.ToString().ToLowerInvariant()} --rate {plan.Rate} --seconds {plan.Seconds}{(options.WarmUp > TimeSpan.Zero ? $" --warm-up-seconds {options.WarmUp.TotalSeconds}" : "")}"
                + $"{(options.Gather != GeneratorOptions.DefaultGather ? $" --gather-ms {options.Gather.TotalMilliseconds}" : "")}{(options.IsDirect ? " --direct" : "")}"),
        };
    }

    /// <summary>Calls at once that a rate comes to where everything goes as slowly as it may.</summary>
    public static int PlacesFor(double rate, ScenarioMix mix) => (int)Math.Clamp(rate * (mix.Longest.TotalSeconds + SlowestSeconds), 10, MostPlaces);

    private static async Task<int> RunAsync(TargetArguments target, ParseResult parsed, string scenario, ArrivalPlan plan, string report, CancellationToken cancellation)
    {
        if (await ReadAsync(target, parsed, scenario, plan, report) is not { } options)
        {
            return 2;
        }

        LoadResult result;
        try
        {
            result = await new LoadRun(options).RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("load: stopped before its end: no report");
            return 130;
        }

        await LoadReport.WriteAsync(options, result);
        return result.IsWhole ? 0 : 1;
    }
}
