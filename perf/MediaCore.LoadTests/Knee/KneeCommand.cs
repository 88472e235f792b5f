using System.CommandLine;
using MediaCore.LoadTests.Arrivals;
using MediaCore.LoadTests.Load;

namespace MediaCore.LoadTests.Knee;

/// <summary><c>knee</c>: the highest rate at which a service level holds.</summary>
internal static class KneeCommand
{
    private const double WarmUpSeconds = 15;
    private const double MostWithin = 10;
    private const double MostRate = 50_000;

    /// <summary>64 T1: what a request waits for its answer.</summary>
    private const double MostMilliseconds = 32_000;

    public static Command Create()
    {
        TargetArguments target = new(WarmUpSeconds);
        Option<string> scenario = new("--scenario") { Description = "File of a scenario, or of a mix of them.", Required = true };
        Option<double> from = new("--from") { Description = "Calls per second to begin with.", DefaultValueFactory = static _ => 25 };
        Option<double> to = new("--to") { Description = "Calls per second that are not gone beyond.", DefaultValueFactory = static _ => 5000 };
        Option<double> within = new("--within") { Description = "How close the highest rate that holds and the lowest that breaks have to be: 0.1 is a tenth.", DefaultValueFactory = static _ => 0.1 };
        Option<double> step = new("--step-seconds") { Description = "How long calls begin at each rate.", DefaultValueFactory = static _ => 10 };
        Option<double> p99 = new("--p99-ms") { Description = "Level: most that 99 of 100 calls take to set up, from the moment at which they were to begin.", DefaultValueFactory = static _ => 100 };
        Option<double> failures = new("--failures") { Description = "Level: largest share of calls that fail.", DefaultValueFactory = static _ => 0.001 };
        Option<double> loss = new("--loss") { Description = "Level: largest share of packets that are lost.", DefaultValueFactory = static _ => 0.001 };
        Option<string> report = new("--report") { Description = "Writes FILE.json and FILE.md.", DefaultValueFactory = static _ => "" };
        Command command = new("knee", "Raise the rate (Poisson arrivals) until a service level breaks; tell the knee, the goodput at 1.5 and 2 times of it, and how soon the level holds again. Exit code 1 when it holds at no rate, or when the server ran out of media ports first.");
        foreach (Option option in (Option[])[scenario, from, to, within, step, p99, failures, loss, report, .. target.All])
        {
            command.Options.Add(option);
        }

        command.SetRun(async (parsed, cancellation) =>
        {
            double first = parsed.GetValue(from);
            List<string> problems = [];
            if (parsed.GetValue(within) is not (> 0 and <= MostWithin) || parsed.GetValue(to) is not (> 0 and <= MostRate) || !(parsed.GetValue(to) >= first))
            {
                problems.Add($"--within is above 0 and at most {MostWithin}, --to at least --from and at most {MostRate}");
            }

            if (parsed.GetValue(p99) is not (> 0 and <= MostMilliseconds) || parsed.GetValue(failures) is not (>= 0 and < 1) || parsed.GetValue(loss) is not (>= 0 and < 1))
            {
                problems.Add($"--p99-ms is above 0 and at most {MostMilliseconds} (no call is waited for longer), --failures and --loss are 0 to below 1: a level that nothing breaks has no knee");
            }

            ArrivalPlan plan = new(ArrivalShape.Poisson, first, first, parsed.GetValue(step));
            if (await LoadCommand.ReadAsync(target, parsed, parsed.GetValue(scenario)!, plan, parsed.GetValue(report)!, problems) is not { } options)
            {
                return Outcome.CannotMeasure;
            }

            ServiceLevel level = new(parsed.GetValue(p99), parsed.GetValue(failures), parsed.GetValue(loss));
            LoadOptions everyRate = options with { Places = LoadCommand.PlacesFor(2 * parsed.GetValue(to), options.Mix) };
            KneeResult result = await new KneeRun(everyRate, level, new KneeSearch(first, parsed.GetValue(to), 1 + parsed.GetValue(within)), plan.Seconds).RunAsync(cancellation);
            await KneeReport.WriteAsync(options, level, result);
            return result.Knee > 0 && !result.IsOfPorts ? Outcome.Holds : Outcome.Fails;
        });
        return command;
    }
}
