using System.Globalization;

namespace MediaCore.Wire.Tests.Processes;

/// <summary>
/// A clock of processes that a test moves: libfaketime shifts what they take for the time of day by what a file says, which they read again every second. Clocks that only measure (CLOCK_MONOTONIC) stay as they are, so timers run on.
/// </summary>
internal sealed class MovedClock : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly string _library = Directory.GetDirectories("/usr/lib").Select(static folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("libfaketime is not installed: run tools/test.sh, or apt-get install libfaketime.");

    private TimeSpan _ahead;

    /// <param name="now">What the processes begin with.</param>
    public MovedClock(DateTimeOffset now) => MoveTo(now);

    /// <summary>What they take it for, to the second that they need to hear of it.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow + _ahead;

    /// <summary>Sets it; it goes on from there.</summary>
    public void MoveTo(DateTimeOffset now)
    {
        _ahead = now - DateTimeOffset.UtcNow;

        // Put in place at once: half a file would be another time.
        string written = _folder.Combine("new");
        File.WriteAllText(written, _ahead.TotalSeconds.ToString("+0.000;-0.000", CultureInfo.InvariantCulture));
        File.Move(written, _folder.Combine("ahead"), overwrite: true);
    }

    /// <summary>Starts a process that goes by it.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, string folder) => ChildProcess.Start(
        "env", [$"LD_PRELOAD={_library}", $"FAKETIME_TIMESTAMP_FILE={_folder.Combine("ahead")}", "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", program, .. arguments], folder);

    public void Dispose() => _folder.Dispose();
}
