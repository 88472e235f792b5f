using System.ComponentModel;
using MediaCore.Transport;

namespace MediaCore.LoadTests;

/// <summary>How a command ends, the same for all of them: what it found is its exit code, what kept it from finding something is told in a line.</summary>
internal static class Outcome
{
    /// <summary>What was looked at holds.</summary>
    public const int Holds = 0;

    /// <summary>It does not.</summary>
    public const int Fails = 1;

    /// <summary>It was asked for wrongly, or cannot be measured here.</summary>
    public const int CannotMeasure = 2;

    /// <summary>The lab itself has a defect (EX_SOFTWARE of sysexits.h).</summary>
    public const int Defect = 70;

    /// <summary>It was stopped, as a shell has it for SIGINT.</summary>
    public const int Stopped = 130;

    /// <summary>Runs a command; nothing that it throws goes further.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="run">Returns its exit code.</param>
    /// <param name="error">Where to tell why it found nothing.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<int> OfAsync(string name, Func<Task<int>> run, TextWriter error, CancellationToken cancellation)
    {
#pragma warning disable CA1031 // The last one to catch: what is not known here is told with its trace.
        try
        {
            return await run();
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // A server of our own is stopped by the same key, so that whatever fails then fails for that.
            await error.WriteLineAsync($"{name}: stopped before its end: no report");
            return Stopped;
        }
        catch (Exception exception) when (exception is CannotMeasureException or SocketBindException)
        {
            await error.WriteLineAsync($"{name}: {exception.Message}");
            return CannotMeasure;
        }
        catch (Win32Exception exception)
        {
            await error.WriteLineAsync($"{name}: a program that it needs could not be started: {exception.Message}");
            return CannotMeasure;
        }
        catch (ServerFailedException exception)
        {
            await error.WriteLineAsync($"{name}: {exception.Message}");
            return Fails;
        }
        catch (Exception exception)
        {
            await error.WriteLineAsync($"{name}: a defect of the lab, please report it: {exception}");
            return Defect;
        }
#pragma warning restore CA1031
    }
}
