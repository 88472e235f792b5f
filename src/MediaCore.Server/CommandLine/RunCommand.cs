using System.CommandLine;
using MediaCore.Numbers.Storage;
using MediaCore.Server.Configuration;
using MediaCore.Server.Hosting;
using MediaCore.Server.Logging;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MediaCore.Server.CommandLine;

/// <summary><c>mediacore run</c>: the server until it is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>Runs it.</summary>
    public static async Task<int> RunAsync(ParseResult parsed, ConfigurationOptions configuration, Terminal terminal, CancellationToken cancellation)
    {
        if (configuration.TryRead(parsed, out int exitCode) is not { } settings)
        {
            return exitCode;
        }

        // Registered before anything is started: a signal during a slow start must not kill half a server.
        using StopSignals signals = new();
        signals.Register();
        await using CancellationTokenRegistration cancelled = cancellation.Register(() => signals.RequestStop("the caller"));
        using ServerLoggers loggers = new(settings.LogLevel);
        ILogger logger = loggers.CreateLogger("MediaCore.Server");
        ServerHost host;
        try
        {
            host = await ServerHost.StartAsync(settings with { PutsChangesAside = configuration.IsWithoutChanges(parsed) }, loggers, signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (Exception e) when (DescribeStartFailure(e) is { } reason)
        {
            await terminal.Error.WriteLineAsync($"mediacore: {reason}");
            if (ConfigurationOptions.DescribeChanges(settings) is { } hint)
            {
                await terminal.Error.WriteLineAsync($"mediacore: {hint}");
            }

            return ExitCode.Failure;
        }

        await using (host)
        {
            await ShowFirstStartAsync(host.FirstStart, terminal);
            await terminal.Out.WriteLineAsync(host.ReadyLine);
            await terminal.Out.FlushAsync(CancellationToken.None);
            host.ReadConfiguration = () => ReadAgain(parsed, configuration);
            signals.OnReload(() => Reload(host, () => ReadAgain(parsed, configuration), logger));
            Task stop = WhenCancelledAsync(signals.Stop);
            if (await Task.WhenAny(stop, host.Engine.Faulted) != stop)
            {
                // A dead shard is a defect of ours and its calls are gone: ending lets the service manager start afresh.
                ServerLog.EngineFaulted(logger, host.Engine.Faulted.Exception);
                return ExitCode.Failure;
            }

            ServerLog.StopRequested(logger, signals.Reason);
            await DrainSequence.RunAsync(host, host.Settings.DrainLimit, TimeProvider.System, logger, signals.StopNow);
        }

        ServerLog.Stopped(logger);
        return ExitCode.Success;
    }

    /// <summary>One line for what an operator can do something about; null for what is our bug, which then ends with its stack.</summary>
    internal static string? DescribeStartFailure(Exception exception) => exception switch
    {
        DataFolderInUseException => exception.Message,
        SqliteException sqlite => $"the database cannot be used: {sqlite.Message} (storage.connection, or the data folder's rights)",
        NpgsqlException postgres => $"the database cannot be used: {OneLine((postgres.InnerException ?? postgres).Message)} (storage.connection; the server has to run and the user to own the database)",
        System.Net.Sockets.SocketException => $"an address cannot be listened on: {exception.Message}",
        IOException or UnauthorizedAccessException => OneLine(exception.Message),
        _ => null,
    };

    private static async Task ShowFirstStartAsync(FirstStartResult? first, Terminal terminal)
    {
        if (first is null)
        {
            return;
        }

        // The service manager's journal is a log, and logs are no place for passwords.
        bool isJournal = terminal.IsOutputRedirected && terminal.Environment.Contains("JOURNAL_STREAM");
        await terminal.Out.WriteLineAsync($"First start: the demo number is {first.Number}. It rings account {first.Accounts[0].Name}, then speaks.");
        foreach (FirstAccount account in first.Accounts)
        {
            await terminal.Out.WriteLineAsync(isJournal
                ? $"First start: account {account.Name} was made; `mediacore accounts password {account.Name}` gives it a password."
                : $"First start: account {account.Name} password {account.Password}");
        }

        if (!isJournal)
        {
            await terminal.Out.WriteLineAsync("First start: the passwords are not shown again; `mediacore accounts password NAME` makes a new one.");
        }
    }

    private static (ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors) ReadAgain(ParseResult parsed, ConfigurationOptions configuration)
    {
        ConfigurationErrors errors = new();

        // Where the first start has put changes aside, the file has those that were made since.
        ServerSettings settings = configuration.Read(parsed, errors, withChanges: true);
        return (errors.Any ? null : settings, errors.Items);
    }

    /// <summary>Reads the configuration again and puts it in force; a wrong one changes nothing.</summary>
    internal static void Reload(ServerHost host, Func<(ServerSettings? Settings, IReadOnlyList<ConfigurationError> Errors)> read, ILogger logger)
    {
#pragma warning disable VSTHRD002 // The signal's own thread, which has nothing else to do.
#pragma warning disable CA1031 // Whatever a reload runs into, the server goes on with what it has; the log says so.
        try
        {
            foreach (ConfigurationError error in host.ReloadAsync(read).GetAwaiter().GetResult().Errors)
            {
                ServerLog.ReloadRefused(logger, error.ToString());
            }
        }
        catch (Exception e)
        {
            ServerLog.ReloadFailed(logger, e);
        }
#pragma warning restore CA1031, VSTHRD002
    }

    private static async Task WhenCancelledAsync(CancellationToken token)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(done.SetResult);
        await done.Task;
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
