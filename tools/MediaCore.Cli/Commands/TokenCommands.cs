using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MediaCore.Cli.Output;
using MediaCore.Control.Authentication;

namespace MediaCore.Cli.Commands;

/// <summary><c>mcctl token</c>: the tokens of a server on this host, in its file. The server sees a change with the next call.</summary>
internal static class TokenCommands
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private static readonly Option<string?> s_file = new("--file")
    {
        Description = "The server's file of tokens (grpc.tokens). MEDIACORE_TOKENS, else data/control-tokens.json below the working folder, where a server started there has it",
        HelpName = "file",
        Recursive = true,
    };

    public static Command Create(ServerOptions server)
    {
        Command command = new("token", "Make, list and revoke tokens, on the server's own host.");
        command.Options.Add(s_file);
        command.Subcommands.Add(CreateCreate(server));
        command.Subcommands.Add(CreateList(server));
        command.Subcommands.Add(CreateRevoke(server));
        return command;
    }

    private static Command CreateCreate(ServerOptions server)
    {
        Command command = new("create", "Make a token. It is shown once: the server keeps its hash only.");
        Option<string> name = new("--name") { Description = "What it is called in listings and audit lines", Required = true };
        Option<string> scope = new("--scope") { Description = "read: look; control: drive calls; admin: run the node", Required = true };
        scope.AcceptOnlyFromAmong([.. ScopeName.All]);
        Option<string?> controller = new("--controller") { Description = "The only controller that its bearer may be" };
        Option<int> days = new("--expires") { Description = "Days that it holds; 0 for ever", DefaultValueFactory = static _ => 0 };
        command.Options.Add(name);
        command.Options.Add(scope);
        command.Options.Add(controller);
        command.Options.Add(days);
        command.SetAction((parsed, _) => RunAsync(server.Terminal, async () =>
        {
            if (!ControlToken.IsName(parsed.GetValue(name)!) || (parsed.GetValue(controller) is { } bound && !ControlToken.IsName(bound)) || parsed.GetValue(days) is < 0 or > 36_500
                || !ScopeName.TryParse(parsed.GetValue(scope), out ControlScope granted))
            {
                await server.Terminal.Error.WriteLineAsync("mcctl: names have 1 to 64 letters, digits, dots, hyphens and underscores; --expires goes from 0 to 36500 days");
                return ExitCode.Usage;
            }

            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            string file = GetFile(server, parsed);
            TokenFile.Add(file, ControlToken.Create(parsed.GetValue(name)!, granted, parsed.GetValue(controller), now, parsed.GetValue(days) > 0 ? now.AddDays(parsed.GetValue(days)) : null, out string secret));
            await server.Terminal.Error.WriteLineAsync($"mcctl: added to {file}; it is not shown again");
            await server.Terminal.Out.WriteLineAsync(server.IsJson(parsed) ? new JsonObject { ["name"] = parsed.GetValue(name), ["token"] = secret, ["file"] = file }.ToJsonString(s_json) : secret);
            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateList(ServerOptions server)
    {
        Command command = new("list", "List the tokens.");
        command.SetAction((parsed, _) => RunAsync(server.Terminal, async () =>
        {
            IReadOnlyList<ControlToken> tokens = TokenFile.Read(GetFile(server, parsed));
            if (server.IsJson(parsed))
            {
                await server.Terminal.Out.WriteLineAsync(new JsonObject { ["tokens"] = new JsonArray([.. tokens.Select(Describe)]) }.ToJsonString(s_json));
                return ExitCode.Success;
            }

            Answer.WriteTable(
                server.Terminal,
                "No tokens.",
                ["name", "scope", "controller", "made", "ends"],
                tokens.Select(static token => new[]
                {
                    token.Name, ScopeName.Of(token.Scope), token.Controller ?? "", Date(token.CreatedAt), token.ExpiresAt is { } ends ? Date(ends) : "never",
                }));
            return ExitCode.Success;
        }));
        return command;

        static string Date(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

        static JsonNode Describe(ControlToken token) => new JsonObject
        {
            ["name"] = token.Name,
            ["scope"] = ScopeName.Of(token.Scope),
            ["controller"] = token.Controller ?? "",
            ["created_at"] = token.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
            ["expires_at"] = token.ExpiresAt?.ToString("O", CultureInfo.InvariantCulture),
        };
    }

    private static Command CreateRevoke(ServerOptions server)
    {
        Command command = new("revoke", "Revoke a token. Streams that are open under it end within seconds.");
        Argument<string> name = new("name");
        command.Arguments.Add(name);
        command.SetAction((parsed, _) => RunAsync(server.Terminal, async () =>
        {
            if (TokenFile.Remove(GetFile(server, parsed), parsed.GetValue(name)!))
            {
                return ExitCode.Success;
            }

            await server.Terminal.Error.WriteLineAsync($"mcctl: there is no token \"{parsed.GetValue(name)}\" in {GetFile(server, parsed)}");
            return ExitCode.NotFound;
        }));
        return command;
    }

    private static string GetFile(ServerOptions server, ParseResult parsed) => Path.GetFullPath(
        parsed.GetValue(s_file) ?? server.Terminal.Environment.GetValueOrDefault("MEDIACORE_TOKENS") ?? Path.Combine("data", "control-tokens.json"),
        server.Terminal.WorkingFolder);

    private static async Task<int> RunAsync(Terminal terminal, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (IOException exception)
        {
            await terminal.Error.WriteLineAsync($"mcctl: {exception.Message}");
            return ExitCode.Failure;
        }
    }
}
