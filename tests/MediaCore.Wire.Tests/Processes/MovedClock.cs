namespace MediaCore.Wire.Tests.Processes;

/// <summary>
/// A clock of processes that a test moves: a small library, preloaded, puts what they take for the time of day ahead (<c>moved-clock.c</c>). Clocks that only measure (CLOCK_MONOTONIC) stay as they are, so timers run on.
/// Debian's libfaketime does the same, and makes the server's start take four times the processor time.
/// </summary>
internal sealed class MovedClock : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private MovedClock()
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="now">What its processes begin with.</param>
    public static async Task<MovedClock> CreateAsync(DateTimeOffset now)
    {
        MovedClock clock = new();
        clock.MoveTo(now);
        await using ChildProcess compiler = ChildProcess.Start(
            "gcc", ["-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", clock.Library, Path.Combine(AppContext.BaseDirectory, "Processes", "moved-clock.c"), "-ldl"], clock._folder.Path);
        int code = await compiler.WaitForExitAsync();
        Assert.True(code == 0, compiler.Output);
        return clock;
    }

    private string Library => _folder.Combine("moved-clock.so");

    private string Ahead => _folder.Combine("ahead");

    /// <summary>Sets it, at once in all of its processes; it goes on from there.</summary>
    public void MoveTo(DateTimeOffset now)
    {
        // Written in one piece into the file that they have mapped.
        using FileStream file = new(Ahead, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(BitConverter.GetBytes((long)Math.Ceiling((now - DateTimeOffset.UtcNow).TotalSeconds)));
    }

    /// <summary>Starts a process that goes by it, and its children as well.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, string folder) =>
        ChildProcess.Start("env", [$"LD_PRELOAD={Library}", $"CLOCK_AHEAD={Ahead}", program, .. arguments], folder);

    public void Dispose() => _folder.Dispose();
}
