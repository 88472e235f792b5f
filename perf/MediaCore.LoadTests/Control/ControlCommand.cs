using System.CommandLine;

namespace MediaCore.LoadTests.Control;

/// <summary><c>control</c>: originates and drives calls over one session.</summary>
internal static class ControlCommand
{
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

        command.SetAction(parsed => RunAsync(new ControlOptions(parsed.GetValue(rate), parsed.GetValue(seconds), parsed.GetValue(warmUp), parsed.GetValue(program)!, parsed.GetValue(report)!)));
        return command;
    }

    private static async Task<int> RunAsync(ControlOptions options)
    {
        if (options.CallsPerSecond < 1 || options.Seconds < 6 || options.WarmUp < 0)
        {
            await Console.Error.WriteLineAsync("control: --rate starts at 1, --seconds at 6, --warm-up at 0");
            return 2;
        }

        ControlResult result = await new ControlRun(options).RunAsync();
        await ControlReport.WriteAsync(options, result);
        return result.Findings.All(static f => f.Holds) ? 0 : 1;
    }
}
