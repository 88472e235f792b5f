using System.CommandLine;
using System.Globalization;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore accounts …</c></summary>
internal static class AccountCommands
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, ConfigurationOptions configuration)
    {
        StoreAccess access = new(configuration, terminal);
        Command root = new("accounts", "Accounts that phones register with.");
        root.Subcommands.Add(CreateList(terminal, configuration, access));
        root.Subcommands.Add(CreateWithPassword("add", "Add an account; its password is made and shown, or read with --password-stdin.", terminal, configuration, access, isNew: true));
        root.Subcommands.Add(CreateWithPassword("password", "Give an account another password; it is made and shown, or read with --password-stdin.", terminal, configuration, access, isNew: false));
        root.Subcommands.Add(CreateRemove(configuration, access));
        root.Subcommands.Add(CreateSwitch("enable", "Let an account register and call again.", configuration, access, enabled: true));
        root.Subcommands.Add(CreateSwitch("disable", "Keep an account but let it neither register nor call.", configuration, access, enabled: false));
        return root;
    }

    private static Argument<string> CreateName() => new("name") { Description = "The account's name, as 1001." };

    private static Command CreateList(Terminal terminal, ConfigurationOptions configuration, StoreAccess access)
    {
        Option<bool> json = new("--json") { Description = "Write JSON." };
        Command command = new("list", "List the accounts.");
        command.Options.Add(json);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            IReadOnlyList<AccountInfo> accounts = await store.ListAccountsAsync(cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.WriteArray(terminal, accounts, static (writer, account) =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", account.Name);
                    writer.WriteString("realm", account.Realm);
                    writer.WriteBoolean("enabled", account.Enabled);
                    writer.WriteString("created_at", account.CreatedAt);
                    writer.WriteEndObject();
                });
            }
            else
            {
                TextTable.Write(terminal, ["name", "realm", "enabled", "created"], accounts.Select(static a =>
                    (string[])[a.Name, a.Realm, a.Enabled ? "yes" : "no", a.CreatedAt.ToString("u", CultureInfo.InvariantCulture)]));
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Command CreateWithPassword(string verb, string description, Terminal terminal, ConfigurationOptions configuration, StoreAccess access, bool isNew)
    {
        Argument<string> name = CreateName();
        Option<bool> fromInput = new("--password-stdin") { Description = "Read the password from the first line of standard input instead of making one." };
        Command command = new(verb, description);
        command.Arguments.Add(name);
        command.Options.Add(fromInput);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: isNew, async store =>
        {
            bool given = parsed.GetValue(fromInput);
            string password = given ? await terminal.In.ReadLineAsync(cancellation) ?? "" : GeneratedPassword.Create();
            string account = parsed.GetValue(name) ?? "";
            StoreResult result = isNew
                ? await store.AddAccountAsync(account, password, StoreAccess.Actor, cancellation)
                : await store.SetPasswordAsync(account, password, StoreAccess.Actor, cancellation);
            return access.Report(result, given ? $"account {account}: password set" : $"account {account} password {password}");
        }));
        return command;
    }

    private static Command CreateRemove(ConfigurationOptions configuration, StoreAccess access)
    {
        Argument<string> name = CreateName();
        Command command = new("remove", "Remove an account that no number rings.");
        command.Arguments.Add(name);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            string account = parsed.GetValue(name) ?? "";
            return access.Report(await store.RemoveAccountAsync(account, StoreAccess.Actor, cancellation), $"account {account} removed");
        }));
        return command;
    }

    private static Command CreateSwitch(string verb, string description, ConfigurationOptions configuration, StoreAccess access, bool enabled)
    {
        Argument<string> name = CreateName();
        Command command = new(verb, description);
        command.Arguments.Add(name);
        configuration.AddTo(command);
        command.SetAction((parsed, cancellation) => access.RunAsync(parsed, mayCreate: false, async store =>
        {
            string account = parsed.GetValue(name) ?? "";
            StoreResult result = await store.SetAccountEnabledAsync(account, enabled, StoreAccess.Actor, cancellation);
            return access.Report(result, $"account {account} {(enabled ? "enabled" : "disabled")}");
        }));
        return command;
    }
}
