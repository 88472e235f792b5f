using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl routes</c>: where calls go, in the order in which routes are looked at.</summary>
internal static class RouteCommands
{
    private const string Section = "routes";

    public static Command Create(ServerOptions server)
    {
        Command command = new("routes", "Where calls go: the first route that matches is taken.");
        Command list = new("list", "List the routes in their order.");
        list.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            ListResourcesResponse response = await ResourceCommands.ListAsync(invoker, Section, cancellation);
            if (server.IsJson(parsed))
            {
                await Answer.WriteJsonAsync(server.Terminal, response);
                return ExitCode.Success;
            }

            Answer.WriteTable(server.Terminal, "No routes.", ["route", "to", "from", "goes to", "changed", "remark"], response.Resources.Select(Describe));
            return ExitCode.Success;
        }));
        command.Subcommands.Add(list);

        ResourceCommands resources = new(server);
        Argument<string> name = new("name") { Description = "The route" };
        Argument<string?> value = new("json") { Arity = ArgumentArity.ZeroOrOne, Description = "What the file would have for it, unless --file has it" };
        Command show = new("show", "Show what is written of a route.");
        show.Arguments.Add(name);
        show.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            GetResourceRequest request = new() { Section = Section, Name = parsed.GetValue(name)! };
            await resources.ShowAsync(parsed, await new Config.ConfigClient(invoker).GetResourceAsync(request, cancellationToken: cancellation));
            return ExitCode.Success;
        }));
        command.Subcommands.Add(show);
        resources.AddSet(command, "Put a route in place of the one of that name, or make it, before another or at the end.", parsed => (Section, parsed.GetValue(name)!), parsed => parsed.GetValue(value), name, value);
        resources.AddDelete(command, "Take a route away; calls over it go on.", parsed => (Section, parsed.GetValue(name)!), name);
        return command;
    }

    private static string[] Describe(Resource resource)
    {
        JsonNode? route = JsonNode.Parse(resource.Json);
        JsonNode? match = Member(route, "match");
        string[] targets =
        [
            .. (Member(route, "trunks") as JsonArray ?? []).Select(static trunk => Text(trunk is JsonObject ? trunk["trunk"] : trunk)),
            .. new[] { "rates", "control", "conference", "reject" }.Where(key => Member(route, key) is not null).Select(key => $"{key} {Text(Member(route, key))}"),
        ];
        return [resource.Name, Text(Member(match, "to")), Text(Member(match, "from")), string.Join(", ", targets), resource.Changed ? "yes" : "", resource.Notice];
    }

    private static JsonNode? Member(JsonNode? node, string name) => node is JsonObject members && members.TryGetPropertyValue(name, out JsonNode? value) ? value : null;

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(),
    };
}
