using System.CommandLine;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using Microsoft.Data.Sqlite;

namespace MediaCore.Server.CommandLine;

/// <summary>
/// Opens the number service's database for a verb that administers it. The running server need not be stopped or told: it notices a change
/// within a second.
/// </summary>
internal sealed class StoreAccess(ConfigurationOptions configuration, Terminal terminal)
{
    /// <summary>Who the audit says it was.</summary>
    public static string Actor => $"cli:{Environment.UserName}";

    /// <summary>Runs a verb on the store.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="mayCreate">Whether the database may be made when there is none; a listing must not make one.</param>
    /// <param name="action">The verb.</param>
    public async Task<int> RunAsync(ParseResult parsed, bool mayCreate, Func<NumberStore, Task<int>> action)
    {
        if (configuration.TryRead(parsed, out int exitCode) is not { } settings)
        {
            return exitCode;
        }

        if (!settings.Numbers.Enabled)
        {
            return Fail(ExitCode.Configuration, "numbers.enabled is false: this server has no database of numbers, accounts and calls");
        }

        if (!mayCreate && !File.Exists(settings.Storage.File))
        {
            return Fail(ExitCode.Failure, $"there is no database at {settings.Storage.File} yet; `mediacore run` makes it at its first start (is --config missing?)");
        }

        try
        {
            NumberStore store = await NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = settings.Storage.Connection, Realm = settings.Sip.Realm });
            return await action(store);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or Microsoft.EntityFrameworkCore.DbUpdateException)
        {
            return Fail(ExitCode.Failure, $"the database at {settings.Storage.File} cannot be used: {(e.InnerException ?? e).Message}");
        }
    }

    /// <summary>Reports how a change ended.</summary>
    public int Report(StoreResult result, string done)
    {
        if (!result.IsDone)
        {
            return Fail(result.Status == StoreStatus.Invalid ? ExitCode.Usage : ExitCode.Failure, result.Message);
        }

        terminal.Out.WriteLine(done);
        return ExitCode.Success;
    }

    /// <summary>Writes one line of error.</summary>
    public int Fail(int code, string message)
    {
        terminal.Error.WriteLine($"mediacore: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
