using System.CommandLine;
using MediaCore.Control.NumberServices;
using Command = System.CommandLine.Command;

namespace MediaCore.Cli.Commands;

/// <summary>
/// <c>mcctl numbers</c>, <c>plans</c>, <c>queues</c> and their like: the number service. The commands are made of the one table of its calls and the descriptors of their requests, whose comments are their help: what
/// names the thing is an argument, everything else an option.
/// </summary>
internal static class ApiCommands
{
    private static readonly Dictionary<string, string> s_groups = new(StringComparer.Ordinal)
    {
        ["tenants"] = "Tenants, and the audit of what was changed",
        ["users"] = "People",
        ["accounts"] = "What phones register with",
        ["roles"] = "Roles of people",
        ["keys"] = "API keys",
        ["numbers"] = "The inventory: search, buy, assign, release, import",
        ["plans"] = "Routing plans: draft, validate, publish, roll back",
        ["menus"] = "Menus (IVR)",
        ["schedules"] = "Business hours",
        ["prompts"] = "Texts that are spoken and files that are played",
        ["queues"] = "Queues and their members",
        ["agents"] = "Agents of queues",
        ["voicemail"] = "Voicemail boxes and messages",
        ["webhooks"] = "Where programs are told of what happens, and what they were told",
        ["messages"] = "SMS and MMS, and who wants none",
        ["records"] = "Records of calls, and their recordings",
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<Command> Create(ServerOptions server)
    {
        Option<string?> tenant = new("--tenant") { Description = "The tenant to act for, by name or identifier; without it, that of the key, or the platform", HelpName = "tenant" };
        Option<string?> once = new("--idempotency-key") { Description = "Carry it out once under this key, however often it is said within a day", HelpName = "key" };
        Option<string?> file = new("--file", "-f") { Description = "Take the document from this file", HelpName = "file" };
        Option<string?> output = new("--output", "-o") { Description = "Write to this file; without it, to the standard output", HelpName = "file" };
        Option<bool> all = new("--all") { Description = "All pages" };
        foreach (IGrouping<string, ApiMethod> group in ApiMethods.All.GroupBy(static method => method.Command.Split(' ')[0], StringComparer.Ordinal))
        {
            Command parent = new(group.Key, $"{s_groups[group.Key]}.");
            foreach (ApiMethod method in group)
            {
                parent.Subcommands.Add(new ApiCommand(method, server, tenant, once, file, output, all).Create());
            }

            yield return parent;
        }
    }
}
