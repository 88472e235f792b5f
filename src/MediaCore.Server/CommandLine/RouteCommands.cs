using System.CommandLine;
using System.Globalization;
using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Server.Hosting;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore routes …</c></summary>
internal static class RouteCommands
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, ConfigurationOptions configuration)
    {
        Option<string> to = new("--to") { Description = "The dialled number.", Required = true };
        Option<string> from = new("--from") { Description = "The caller's number.", DefaultValueFactory = static _ => "" };
        Option<string?> trunk = new("--trunk") { Description = "The trunk that the call comes in by." };
        Option<string?> account = new("--account") { Description = "The account that calls." };
        Option<string?> at = new("--at") { Description = "When, as 2026-11-22T20:15:00+01:00; now without it." };
        Command test = new("test", "Show which route a call takes by the configuration, and why. Numbers and accounts of the number service come before routes and are not looked at.");
        test.Options.Add(to);
        test.Options.Add(from);
        test.Options.Add(trunk);
        test.Options.Add(account);
        test.Options.Add(at);
        configuration.AddTo(test);
        test.SetAction(parsed =>
        {
            DateTimeOffset time = TimeProvider.System.GetUtcNow();
            if (parsed.GetValue(at) is { } text && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            {
                return Fail(terminal, $"--at: \"{text}\" is no time; write 2026-11-22T20:15:00+01:00");
            }

            if (configuration.TryRead(parsed, out int exitCode) is not { } settings)
            {
                return exitCode;
            }

            RouteTable table = RoutingTableBuilder.Build(settings);
            string? name = parsed.GetValue(trunk);
            Trunk? inbound = table.Trunks.FirstOrDefault(t => t.Name == name);
            if (name is not null && inbound is null)
            {
                return Fail(terminal, $"--trunk: there is no trunk named \"{name}\"");
            }

            string? caller = parsed.GetValue(account);
            if (inbound is null && caller is null)
            {
                return Fail(terminal, "say how the call comes in: --trunk NAME or --account NAME; others are not routed");
            }

            var request = new RouteRequest
            {
                Called = Encoding.UTF8.GetBytes(parsed.GetValue(to) ?? ""),
                Caller = Encoding.UTF8.GetBytes(parsed.GetValue(from) ?? ""),
                InboundTrunk = inbound,
                Account = caller,
                Time = time,
            };
            return Write(terminal, table, request);
        });
        Command root = new("routes", "Where calls go.");
        root.Subcommands.Add(test);
        return root;
    }

    private static int Write(Terminal terminal, RouteTable table, in RouteRequest request)
    {
        RouteRule? taken = null;
        RoutePlan plan = table.Route(request);
        foreach ((RouteRule rule, string verdict) in table.Explain(request))
        {
            terminal.Out.WriteLine($"route {rule.Name}: {verdict}");
            taken = rule.Name == plan.Route ? rule : null;
        }

        if (plan.RejectStatus != 0 || plan.Steps is not [DialStep step])
        {
            terminal.Out.WriteLine(plan.Route is null ? $"no route: refused with {plan.RejectStatus}" : $"refused with {plan.RejectStatus} by route {plan.Route}");
            return ExitCode.Failure;
        }

        IReadOnlyList<RateEntry> rates = taken?.Rates?.Find(request.Called) ?? [];
        int[] order = [.. Enumerable.Range(0, step.Targets.Length).OrderBy(i => step.Ranks.IsEmpty ? i : step.Ranks[i].Priority)];
        for (int position = 0; position < order.Length; position++)
        {
            int i = order[position];
            var target = (TrunkTarget)step.Targets[i];
            var line = new StringBuilder();
            line.Append(CultureInfo.InvariantCulture, $"{position + 1}. trunk {target.Trunk.Name}");
            if (!step.Ranks.IsEmpty)
            {
                int total = step.Ranks.Where(rank => rank.Priority == step.Ranks[i].Priority).Sum(static rank => rank.Weight);
                if (total > step.Ranks[i].Weight)
                {
                    line.Append(CultureInfo.InvariantCulture, $", {100.0 * step.Ranks[i].Weight / total:0.#} % of the calls first");
                }
            }

            foreach (RateEntry rate in rates)
            {
                if (taken!.Rates!.Trunks[rate.Trunk] == target.Trunk.Name)
                {
                    line.Append(CultureInfo.InvariantCulture, $", prefix {RatePrefix.Format(rate.Prefix)} at {rate.Cost / 1_000_000m} (line {rate.Line})");
                }
            }

            terminal.Out.WriteLine(line.ToString());
        }

        return ExitCode.Success;
    }

    private static int Fail(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"mediacore: {message}");
        return ExitCode.Usage;
    }
}
