using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>The wall clock of the server's process goes an hour ahead and comes back, by libfaketime. Its monotonic clock, by which calls are timed, does not, as with a clock that an administrator sets.</summary>
internal sealed class ClockStep : IDisturbance
{
    public const string Kind = "clock";
    private const string Library = "libfaketimeMT.so.1";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"mediacore-clock-{Environment.ProcessId}");
    private int _steps;

    public string Name => Kind;

    public Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment)
    {
        string library = Directory.Exists("/usr/lib") ? Directory.EnumerateFiles("/usr/lib", Library, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 }).FirstOrDefault("") : "";
        if (library.Length == 0)
        {
            throw new CannotMeasureException($"--chaos {Kind} needs {Library}: apt-get install libfaketime");
        }

        Write("+0");
        environment["LD_PRELOAD"] = library;
        environment["FAKETIME_TIMESTAMP_FILE"] = _file;
        environment["FAKETIME_CACHE_DURATION"] = "1";
        environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        environment["DONT_FAKE_MONOTONIC"] = "1";
        return Task.CompletedTask;
    }

    public Task BeginAsync(ServerProcess server, CallGenerator generator) => Task.CompletedTask;

    public Task StrikeAsync()
    {
        _steps++;
        Write("+3600");
        return Task.CompletedTask;
    }

    public Task EaseAsync()
    {
        Write("+0");
        return Task.CompletedTask;
    }

    public Finding Check() => new("the clock went an hour ahead and came back", _steps > 0, $"{_steps} times");

    public ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    // Moved into its place: the library must not read half of it.
    private void Write(string offset)
    {
        File.WriteAllText(_file + ".new", offset + "\n");
        File.Move(_file + ".new", _file, overwrite: true);
    }
}
