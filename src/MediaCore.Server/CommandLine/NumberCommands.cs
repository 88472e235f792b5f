using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore numbers …</c></summary>
internal static class NumberCommands
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, ConfigurationOptions configuration)
    {
        StoreAccess access = new(configuration, terminal);
        Command root = new("numbers", "Virtual numbers and what they do when they are called.");
        root.Subcommands.Add(CreateList(terminal, configuration, access));
        root.Subcommands.Add(CreateShow(terminal, configuration, access));
        root.Subcommands.Add(CreateAdd(configuration, access));
        root.Subcommands.Add(CreateSetTargets(configuration, access));
        root.Subcommands.Add(CreateRemove(configuration, access));
        root.Subcommands.Add(CreateSwitch("enable", "Let a number take calls again.", configuration, access, enabled: true));
        root.Subcommands.Add(CreateSwitch("disable", "Keep a number but answer its calls with 404.", configuration, access, enabled: false));
        return root;
    }

    private static Argument<string> CreateNumber() => new("number") { Description = "The number in E.164, as +12025550101." };

    private static Argument<string[]> CreateTargets() => new("targets") { Description = TargetSyntax.Description, Arity = ArgumentArity.OneOrMore };

    private static Option<string?> CreateVoice() => new("--voice") { Description = "Voice of say: targets, as de or en-gb." };

    private static Option<bool> CreateJson() => new("--json") { Description = "Write JSON." };

    private static Command CreateList(Terminal terminal, ConfigurationOptions configuration, StoreAccess access)
    {
        Option<bool> json = CreateJson();
        Command command = new("list", "List the numbers.");
        command.Options.Add(json);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            Write(terminal, await store.ListNumbersAsync(cancellation), parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateShow(Terminal terminal, ConfigurationOptions configuration, StoreAccess access)
    {
        Argument<string> number = CreateNumber();
        Option<bool> json = CreateJson();
        Command command = new("show", "Show one number.");
        command.Arguments.Add(number);
        command.Options.Add(json);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            string e164 = parsed.GetValue(number) ?? "";
            if (await store.GetNumberAsync(e164, cancellation) is not { } found)
            {
                return access.Fail(ExitCode.Failure, $"there is no number {e164}; `mediacore numbers list` shows them all");
            }

            Write(terminal, [found], parsed.GetValue(json));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateAdd(ConfigurationOptions configuration, StoreAccess access)
    {
        Argument<string> number = CreateNumber();
        Argument<string[]> targets = CreateTargets();
        Option<string?> voice = CreateVoice();
        Option<string> label = new("--label") { Description = "What you call it.", DefaultValueFactory = static _ => "" };
        Command command = new("add", "Add a number.");
        command.Arguments.Add(number);
        command.Arguments.Add(targets);
        command.Options.Add(label);
        command.Options.Add(voice);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            if (TargetSyntax.TryParse(parsed.GetValue(targets) ?? [], parsed.GetValue(voice), out ImmutableArray<NumberTarget> plan) is { } error)
            {
                return Task.FromResult(access.Fail(ExitCode.Usage, error));
            }

            return access.RunAsync(parsed, mayCreate: true, async store =>
            {
                NumberDefinition definition = new(parsed.GetValue(number) ?? "") { Label = parsed.GetValue(label) ?? "", Targets = plan };
                return access.Report(await store.AddNumberAsync(definition, StoreAccess.Actor, cancellation), $"number {definition.E164} added");
            });
        });
        return command;
    }

    private static Command CreateSetTargets(ConfigurationOptions configuration, StoreAccess access)
    {
        Argument<string> number = CreateNumber();
        Argument<string[]> targets = CreateTargets();
        Option<string?> voice = CreateVoice();
        Command command = new("set-targets", "Replace what a number does.");
        command.Arguments.Add(number);
        command.Arguments.Add(targets);
        command.Options.Add(voice);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            if (TargetSyntax.TryParse(parsed.GetValue(targets) ?? [], parsed.GetValue(voice), out ImmutableArray<NumberTarget> plan) is { } error)
            {
                return Task.FromResult(access.Fail(ExitCode.Usage, error));
            }

            return access.RunAsync(parsed, mayCreate: false, async store =>
            {
                string e164 = parsed.GetValue(number) ?? "";
                return access.Report(await store.SetTargetsAsync(e164, plan, StoreAccess.Actor, cancellation), $"number {e164} changed");
            });
        });
        return command;
    }

    private static Command CreateRemove(ConfigurationOptions configuration, StoreAccess access)
    {
        Argument<string> number = CreateNumber();
        Command command = new("remove", "Remove a number; its call records stay.");
        command.Arguments.Add(number);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            string e164 = parsed.GetValue(number) ?? "";
            return access.Report(await store.RemoveNumberAsync(e164, StoreAccess.Actor, cancellation), $"number {e164} removed");
        }));
        return command;
    }

    private static Command CreateSwitch(string verb, string description, ConfigurationOptions configuration, StoreAccess access, bool enabled)
    {
        Argument<string> number = CreateNumber();
        Command command = new(verb, description);
        command.Arguments.Add(number);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            string e164 = parsed.GetValue(number) ?? "";
            StoreResult result = await store.SetNumberEnabledAsync(e164, enabled, StoreAccess.Actor, cancellation);
            return access.Report(result, $"number {e164} {(enabled ? "enabled" : "disabled")}");
        }));
        return command;
    }

    private static void Write(Terminal terminal, IReadOnlyList<NumberDefinition> numbers, bool json)
    {
        if (json)
        {
            JsonOutput.WriteArray(terminal, numbers, Write);
            return;
        }

        TextTable.Write(terminal, ["number", "label", "enabled", "targets"], numbers.Select(static n =>
            (string[])[n.E164, n.Label, n.Enabled ? "yes" : "no", string.Join(" → ", n.Targets.Select(TargetSyntax.Format))]));
    }

    private static void Write(Utf8JsonWriter writer, NumberDefinition number)
    {
        writer.WriteStartObject();
        writer.WriteString("number", number.E164);
        writer.WriteString("label", number.Label);
        writer.WriteBoolean("enabled", number.Enabled);
        writer.WriteStartArray("targets");
        foreach (NumberTarget target in number.Targets)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", JsonNamingPolicy.SnakeCaseLower.ConvertName(target.Kind.ToString()));
            writer.WriteString("value", target.Value);
            if (target.Voice is not null)
            {
                writer.WriteString("voice", target.Voice);
            }

            if (target.Kind is NumberTargetKind.Account or NumberTargetKind.Uri or NumberTargetKind.Trunk)
            {
                writer.WriteNumber("ring_seconds", target.RingTime.TotalSeconds);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
