using System.CommandLine;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl log</c>: levels, until the next start.</summary>
internal static class LogCommands
{
    public static Command Create(ServerOptions server)
    {
        Command command = new("log", "Show or change the levels that are logged, until the next start.");
        Option<string?> level = new("--level") { Description = "trace, debug, information, warning, error or critical" };
        Option<string?> category = new("--category") { Description = "Only for this category and what is below it, as MediaCore.Calls" };
        Option<bool> reset = new("--reset") { Description = "Take the level of --category away" };
        level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error", "critical");
        command.Options.Add(level);
        command.Options.Add(category);
        command.Options.Add(reset);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            Admin.AdminClient admin = new(invoker);
            bool isChange = parsed.GetValue(level) is not null || parsed.GetValue(reset);
            LogLevels levels = isChange
                ? await admin.SetLogLevelAsync(new SetLogLevelRequest { Category = parsed.GetValue(category) ?? "", Level = parsed.GetValue(reset) ? "" : parsed.GetValue(level) }, cancellationToken: cancellation)
                : await admin.GetLogLevelAsync(new GetLogLevelRequest(), cancellationToken: cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, levels);
                return ExitCode.Success;
            }

            Answer.WriteTable(server.Terminal, "", ["category", "level"], levels.Categories.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => new[] { pair.Key, pair.Value }).Prepend(["(all)", levels.Level]));
            return ExitCode.Success;
        }));
        return command;
    }
}
