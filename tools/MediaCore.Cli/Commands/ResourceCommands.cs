using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using MediaCore.Cli.Output;
using MediaCore.Control.V1;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary>What <c>mcctl config</c>, <c>mcctl routes</c> and <c>mcctl trunks</c> have in common: showing a piece of the configuration and changing it.</summary>
internal sealed class ResourceCommands(ServerOptions server)
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<bool> _dryRun = new("--dry-run", "-n") { Description = "Check it, and change nothing" };
    private readonly Option<string?> _etag = new("--etag") { Description = "Change it only if it is still as it was when it had this etag (mcctl config get --json); without it, as it is now", HelpName = "etag" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Take the JSON from this file", HelpName = "file" };
    private readonly Option<string?> _before = new("--before") { Description = "Put it before the one of this name; without it, it stays where it is, or comes last", HelpName = "name" };

    /// <summary>Asks for all pieces of a section, or of all.</summary>
    public static async Task<ListResourcesResponse> ListAsync(CallInvoker invoker, string section, CancellationToken cancellation)
    {
        Config.ConfigClient client = new(invoker);
        ListResourcesResponse all = new();
        ListResourcesRequest request = new() { Section = section };
        do
        {
            ListResourcesResponse page = await client.ListResourcesAsync(request, cancellationToken: cancellation);
            all.Resources.AddRange(page.Resources);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    /// <summary>Shows a piece.</summary>
    public async Task ShowAsync(ParseResult parsed, Resource resource)
    {
        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, resource);
            return;
        }

        await server.Terminal.Out.WriteLineAsync(JsonNode.Parse(resource.Json)?.ToJsonString(s_indented) ?? "null");
        if (resource.Notice.Length > 0)
        {
            await server.Terminal.Error.WriteLineAsync($"mcctl: note: {Answer.Printable(resource.Notice)}");
        }
        else if (resource.Changed)
        {
            await server.Terminal.Error.WriteLineAsync("mcctl: note: changed over the control interface; the file says otherwise");
        }
    }

    /// <summary>Adds <c>set</c>: a value in place of a piece, or a new one.</summary>
    public void AddSet(Command parent, string description, Func<ParseResult, (string Section, string Name)> which, Func<ParseResult, string?> value, params Argument[] arguments)
    {
        Command command = Make(parent, "set", description, arguments);
        command.Options.Add(_file);
        command.Options.Add(_before);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            if (await ReadValueAsync(parsed.GetValue(_file), value(parsed), cancellation) is not { } json)
            {
                return ExitCode.Usage;
            }

            (string section, string name) = which(parsed);
            Config.ConfigClient client = new(invoker);
            ReplaceResourceRequest request = new()
            {
                Resource = new Resource { Section = section, Name = name, Json = json },
                Etag = parsed.GetValue(_etag) ?? await FindETagAsync(client, section, name, cancellation),
                DryRun = parsed.GetValue(_dryRun),
                Before = parsed.GetValue(_before) ?? "",
            };
            return await ReportAsync(parsed, section, name, await client.ReplaceResourceAsync(request, cancellationToken: cancellation));
        }));
    }

    /// <summary>Adds <c>patch</c>: some keys of a piece.</summary>
    public void AddPatch(Command parent, Func<ParseResult, (string Section, string Name)> which, Func<ParseResult, string?> value, params Argument[] arguments)
    {
        Command command = Make(parent, "patch", "Change some keys and leave the others (JSON merge patch): '{\"limits\":{\"calls\":10}}'; null takes a key away.", arguments);
        command.Options.Add(_file);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            if (await ReadValueAsync(parsed.GetValue(_file), value(parsed), cancellation) is not { } json)
            {
                return ExitCode.Usage;
            }

            (string section, string name) = which(parsed);
            UpdateResourceRequest request = new() { Section = section, Name = name, MergePatch = json, Etag = parsed.GetValue(_etag) ?? "", DryRun = parsed.GetValue(_dryRun) };
            return await ReportAsync(parsed, section, name, await new Config.ConfigClient(invoker).UpdateResourceAsync(request, cancellationToken: cancellation));
        }));
    }

    /// <summary>Adds <c>delete</c>.</summary>
    public void AddDelete(Command parent, string description, Func<ParseResult, (string Section, string Name)> which, params Argument[] arguments)
    {
        Command command = Make(parent, "delete", description, arguments);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            (string section, string name) = which(parsed);
            DeleteResourceRequest request = new() { Section = section, Name = name, Etag = parsed.GetValue(_etag) ?? "", DryRun = parsed.GetValue(_dryRun) };
            return await ReportAsync(parsed, section, name, await new Config.ConfigClient(invoker).DeleteResourceAsync(request, cancellationToken: cancellation));
        }));
    }

    /// <summary>Adds <c>reset</c>: what the file says.</summary>
    public void AddReset(Command parent, Func<ParseResult, (string Section, string Name)> which, params Argument[] arguments)
    {
        Command command = Make(parent, "reset", "Take back what was changed over the control interface: what the file says holds again.", arguments);
        command.SetAction((parsed, cancellation) => server.RunAsync(parsed, async invoker =>
        {
            (string section, string name) = which(parsed);
            ResetResourceRequest request = new() { Section = section, Name = name, Etag = parsed.GetValue(_etag) ?? "", DryRun = parsed.GetValue(_dryRun) };
            return await ReportAsync(parsed, section, name, await new Config.ConfigClient(invoker).ResetResourceAsync(request, cancellationToken: cancellation));
        }));
    }

    private Command Make(Command parent, string name, string description, Argument[] arguments)
    {
        Command command = new(name, description);
        foreach (Argument argument in arguments)
        {
            command.Arguments.Add(argument);
        }

        command.Options.Add(_dryRun);
        command.Options.Add(_etag);
        parent.Subcommands.Add(command);
        return command;
    }

    private static async Task<string> FindETagAsync(Config.ConfigClient client, string section, string name, CancellationToken cancellation)
    {
        try
        {
            return (await client.GetResourceAsync(new GetResourceRequest { Section = section, Name = name }, cancellationToken: cancellation)).Etag;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return "";
        }
    }

    private async Task<string?> ReadValueAsync(string? file, string? value, CancellationToken cancellation)
    {
        if ((file is null) == (value is null))
        {
            await server.Terminal.Error.WriteLineAsync("mcctl: give the value as JSON, or the file that has it (--file), one of the two");
            return null;
        }

        return value ?? await File.ReadAllTextAsync(Path.GetFullPath(file!, server.Terminal.WorkingFolder), cancellation);
    }

    private async Task<int> ReportAsync(ParseResult parsed, string section, string name, ChangeResponse response)
    {
        if (server.IsJson(parsed))
        {
            await Answer.WriteJsonAsync(server.Terminal, response);
            return ExitCode.Success;
        }

        string what = name.Length > 0 ? $"{section} {name}" : section;
        string now = response.Resource is null ? "is gone" : response.Resource.Changed ? "is changed" : "is what the file says";
        await server.Terminal.Out.WriteLineAsync(parsed.GetValue(_dryRun) ? $"{what}: that would be right." : $"{what} {now}.");
        foreach (string notice in response.Notices)
        {
            await server.Terminal.Error.WriteLineAsync($"mcctl: note: {Answer.Printable(notice)}");
        }

        return ExitCode.Success;
    }
}
