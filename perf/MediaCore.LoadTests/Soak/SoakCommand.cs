using System.CommandLine;
using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Soak.Chaos;

namespace MediaCore.LoadTests.Soak;

/// <summary><c>soak</c>: keeps calls up for some minutes and looks at the server each minute.</summary>
internal static class SoakCommand
{
    /// <summary>A week.</summary>
    private const int MostMinutes = 7 * 24 * 60;

    public static Command Create()
    {
        Option<int> calls = new("--calls") { Description = "Calls up at once.", DefaultValueFactory = static _ => 500 };
        Option<int> transcoded = new("--transcoded") { Description = "Those of them with PCMU on one side and Opus on the other.", DefaultValueFactory = static _ => 50 };
        Option<int> minutes = new("--minutes") { Description = "How long.", DefaultValueFactory = static _ => 20 };
        Option<int> seconds = new("--call-seconds") { Description = "Mean duration of a call; each is replaced by another.", DefaultValueFactory = static _ => 60 };
        Option<bool> plain = new("--plain") { Description = "Callers without SRTP." };
        Option<string> chaos = new("--chaos") { Description = $"Troubles to make in turn, separated by commas: {string.Join(", ", ChaosSchedule.Names)}.", DefaultValueFactory = static _ => "" };
        Option<string> program = new("--program") { Description = "Path of mediacore.dll.", Required = true };
        Option<string> report = new("--report") { Description = "Writes FILE.md and FILE.json.", DefaultValueFactory = static _ => "" };
        Command command = new("soak", "Keep calls up for some minutes and look at the server each minute: calls, packets, delay, memory, ports, descriptors. Exit code 1 when something was lost or grew.");
        foreach (Option option in (Option[])[calls, transcoded, minutes, seconds, plain, chaos, program, report])
        {
            command.Options.Add(option);
        }

        command.SetRun((parsed, cancellation) => RunAsync(
            new SoakOptions(parsed.GetValue(calls), parsed.GetValue(transcoded), parsed.GetValue(minutes), parsed.GetValue(seconds), parsed.GetValue(plain), parsed.GetValue(chaos)!, parsed.GetValue(program)!, parsed.GetValue(report)!, Origin.Of(parsed)),
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(SoakOptions options, TextWriter error, CancellationToken cancellation)
    {
        List<string> problems = [];
        Lab.CheckReport(options.Report, problems);
        Lab.CheckProgram(options.Program, problems);
        if (options.Calls is < 1 or > CallName.MaxSlots / 2 || options.Transcoded < 0 || options.Transcoded > options.Calls || options.Minutes is < 1 or > MostMinutes || options.CallSeconds is < 4 or > 800)
        {
            problems.Add($"--calls is 1 to {CallName.MaxSlots / 2}, --minutes 1 to {MostMinutes}, --call-seconds 4 to 800, and --transcoded at most --calls");
        }

        await using ChaosSchedule? chaos = ChaosSchedule.TryCreate(options.Chaos);
        if (chaos is null)
        {
            problems.Add($"--chaos knows {string.Join(", ", ChaosSchedule.Names)}, not all of \"{options.Chaos}\"");
        }

        if (!await Lab.IsRightAsync("soak", problems, error))
        {
            return Outcome.CannotMeasure;
        }

        SoakResult result = await new SoakRun(options, chaos!).RunAsync(cancellation);
        await SoakReport.WriteAsync(options, result);
        return result.Checks.All(static c => c.Holds) ? Outcome.Holds : Outcome.Fails;
    }
}
