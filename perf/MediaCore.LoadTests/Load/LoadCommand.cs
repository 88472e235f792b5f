using System.CommandLine;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Scenarios;

namespace MediaCore.LoadTests.Load;

/// <summary><c>load</c>: puts calls on a server, at times that do not depend on it.</summary>
internal static class LoadCommand
{
    /// <summary>Calls at once for one per second, where nothing else is asked for: whatever is slower than that many seconds would fail anyway.</summary>
    private const int SlowestSeconds = 34;

    private const int MostPlaces = 20_000;
    private const double MostRate = 100_000;

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

        command.SetRun(async (parsed, cancellation) =>
        {
            double top = parsed.GetValue(peak) is not 0 and var given ? given : 3 * parsed.GetValue(rate);
            ArrivalPlan plan = new(parsed.GetValue(arrivals), parsed.GetValue(rate), top, parsed.GetValue(seconds));
            if (await ReadAsync(target, parsed, parsed.GetValue(scenario)!, plan, parsed.GetValue(report)!, []) is not { } options)
            {
                return Outcome.CannotMeasure;
            }

            LoadResult result = await new LoadRun(options).RunAsync(cancellation);
            await LoadReport.WriteAsync(options, result);
            return result.IsWhole ? Outcome.Holds : Outcome.Fails;
        });
        return command;
    }

    /// <summary>What a user gave as options of a run; null, with what is wrong told, where that makes none.</summary>
    /// <param name="target">What the load is put on.</param>
    /// <param name="parsed">What was given.</param>
    /// <param name="scenario">File of the scenario.</param>
    /// <param name="plan">When calls begin.</param>
    /// <param name="report">File of the report without its ending; empty: none is written.</param>
    /// <param name="problems">What is wrong already.</param>
    public static async Task<LoadOptions?> ReadAsync(TargetArguments target, ParseResult parsed, string scenario, ArrivalPlan plan, string report, List<string> problems)
    {
        Lab.CheckReport(report, problems);
        ScenarioMix? mix = ScenarioReader.Read(scenario, out IReadOnlyList<string> errors);
        problems.AddRange(errors);
        if (plan is not { Rate: > 0 and <= MostRate, Seconds: > 0 and <= 86_400 })
        {
            problems.Add($"{(parsed.CommandResult.Command.Name == "knee" ? "--from" : "--rate")} is above 0 and at most {MostRate}, --seconds and --step-seconds above 0 and at most a day (86400)");
        }
        else if (plan.Shape is ArrivalShape.Ramp or ArrivalShape.Spike or ArrivalShape.Burst && plan.Peak is not (> 0 and <= MostRate))
        {
            problems.Add($"--peak is at most {MostRate}, as three times the rate without it; 0 is three times the rate");
        }

        LoadOptions? options = mix is null ? null : target.Read(parsed, mix, problems);
        return !await Lab.IsRightAsync(parsed.CommandResult.Command.Name, problems, parsed.InvocationConfiguration.Error) ? null : options! with
        {
            Arrivals = plan,
            Report = report,
            Places = options.Places > 0 ? options.Places : PlacesFor(plan.HighestRate, mix!),
        };
    }

    /// <summary>Calls at once that a rate comes to where everything goes as slowly as it may.</summary>
    public static int PlacesFor(double rate, ScenarioMix mix) => (int)Math.Clamp(rate * (mix.Longest.TotalSeconds + SlowestSeconds), 10, MostPlaces);
}
