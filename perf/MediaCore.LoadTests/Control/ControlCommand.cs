using System.CommandLine;

namespace MediaCore.LoadTests.Control;

/// <summary><c>control</c>: originates and drives calls over one session.</summary>
internal static class ControlCommand
{
    private const int MostRate = 2000;

    /// <summary>A day.</summary>
    private const int MostSeconds = 86_400;

    public static Command Create()
    {
        Option<int> rate = new("--rate") { Description = "Calls a second.", DefaultValueFactory = static _ => 200 };
        Option<int> seconds = new("--seconds") { Description = "How long.", DefaultValueFactory = static _ => 60 };
        Option<int> warmUp = new("--warm-up") { Description = "Seconds before that whose times do not count, since the runtime compiles what is used most for about a quarter of a minute.", DefaultValueFactory = static _ => 20 };
        Option<string> program = new("--program") { Description = "Path of mediacore.dll.", Required = true };
        Option<string> report = new("--report") { Description = "Writes FILE.md and FILE.json.", DefaultValueFactory = static _ => "" };
        Command command = new("control", "Originate calls over one session of the control interface, wait for the answer, send a digit, hang up; every event in its order, and the time from a command to its SIP message. Exit code 1 when something was lost, late or grew.");
        foreach (Option option in (Option[])[rate, seconds, warmUp, program, report])
        {
            command.Options.Add(option);
        }

        command.SetRun((parsed, cancellation) => RunAsync(
            new ControlOptions(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(program)!, parsed.GetValue(report)!, Origin.Of(parsed)), parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ControlOptions options, TextWriter error, CancellationToken cancellation)
    {
        List<string> problems = [];
        Lab.CheckReport(options.Report, problems);
        Lab.CheckProgram(options.Program, problems);
        if (options.CallsPerSecond is < 1 or > MostRate || options.Seconds is < 6 or > MostSeconds || options.WarmUp is < 0 or > MostSeconds)
        {
            problems.Add($"--rate is 1 to {MostRate}, --seconds 6 to {MostSeconds}, --warm-up 0 to {MostSeconds}");
        }

        if (!await Lab.IsRightAsync("control", problems, error))
        {
            return Outcome.CannotMeasure;
        }

        ControlResult result = await new ControlRun(options).RunAsync(cancellation);
        await ControlReport.WriteAsync(options, result);
        return result.Findings.All(static f => f.Holds) ? Outcome.Holds : Outcome.Fails;
    }
}
