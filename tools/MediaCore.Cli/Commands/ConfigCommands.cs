using System.CommandLine;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl config</c>: the configuration piece by piece.</summary>
internal static class ConfigCommands
{
    private static readonly string[] s_sections = ["trunks", "routes", "conferences", "sip", "media", "calls", "control", "numbers", "prompts", "recording", "records", "drain", "logging", "trace"];

    public static Command Create(ServerOptions server)
    {
        ResourceCommands resources = new(server);
        Command command = new("config", "The configuration of the running server, piece by piece. What is changed here holds over the file, also after a restart, until it is reset.");
        Argument<string> section = new("section") { Description = string.Join(", ", s_sections) };
        Argument<string?> name = new("name") { Arity = ArgumentArity.ZeroOrOne, Description = "Which trunk, route or room; none for a section that is one object" };
        section.CompletionSources.Add(s_sections);
        command.Subcommands.Add(CreateList(server));
        command.Subcommands.Add(CreateGet(server, resources, section, name));

        // A value is told from a name by its brace: config set calls '{"maxCalls":100}' names nothing.
        Argument<string[]> rest = new("name and json") { Arity = new ArgumentArity(0, 2), Description = "Which trunk, route or room, none for a section that is one object; and the value as JSON, unless --file has it" };
        resources.AddSet(command, "Put a value in place of a piece, or make a new one.", Which, ReadValue, section, rest);
        resources.AddPatch(command, Which, ReadValue, section, rest);
        resources.AddDelete(command, "Take a trunk, route or room away; a section goes back to its defaults.", parsed => (parsed.GetValue(section)!, parsed.GetValue(name) ?? ""), section, name);
        resources.AddReset(command, parsed => (parsed.GetValue(section)!, parsed.GetValue(name) ?? ""), section, name);
        return command;

        (string Section, string Name) Which(ParseResult parsed) => (parsed.GetValue(section)!, parsed.GetValue(rest)?.FirstOrDefault(static each => !IsValue(each)) ?? "");

        string? ReadValue(ParseResult parsed) => parsed.GetValue(rest)?.FirstOrDefault(IsValue);

        static bool IsValue(string text) => text.AsSpan().TrimStart().StartsWith("{");
    }

    private static Command CreateList(ServerOptions server)
    {
        Command command = new("list", "List the pieces, and which of them were changed here.");
        Argument<string?> only = new("section") { Arity = ArgumentArity.ZeroOrOne, Description = "Only those of this section" };
        only.CompletionSources.Add(s_sections);
        command.Arguments.Add(only);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            ListResourcesResponse response = await ResourceCommands.ListAsync(invoker, parsed.GetValue(only) ?? "", cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, response);
                return ExitCode.Success;
            }

            Answer.WriteTable(
                server.Terminal,
                "Nothing.",
                ["section", "name", "changed", "etag", "remark"],
                response.Resources.Select(static each => new[] { each.Section, each.Name, each.Changed ? "yes" : "", each.Etag, each.Notice }));
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateGet(ServerOptions server, ResourceCommands resources, Argument<string> section, Argument<string?> name)
    {
        Command command = new("get", "Show a piece: what is written of it, without defaults and secrets.");
        command.Arguments.Add(section);
        command.Arguments.Add(name);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            GetResourceRequest request = new() { Section = parsed.GetValue(section)!, Name = parsed.GetValue(name) ?? "" };
            await resources.ShowAsync(parsed, await new Config.ConfigClient(invoker).GetResourceAsync(request, cancellationToken: cancellation));
            return ExitCode.Success;
        }));
        return command;
    }
}
