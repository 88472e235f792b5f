using System.CommandLine;

namespace MediaCore.Server.CommandLine;

internal static class RunCommand
{
    public static async Task<int> RunAsync(ParseResult parsed, ConfigurationOptions configuration, Terminal terminal, CancellationToken cancellation)
    {
        if (configuration.TryRead(parsed, out int exitCode) is not { } settings) { return exitCode; }
        await Task.Yield();
        _ = settings;
        return 0;
    }
}
