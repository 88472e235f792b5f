using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace MediaCore.Wire.Tests.Processes;

/// <summary>A process that a test starts and ends, with what it wrote. It is ended by its id, and only this one.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    public const int Sigterm = 15;
    public const int Sigkill = 9;

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private readonly string _what;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(string what, Process process)
    {
        _what = what;
        _process = process;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything written to both outputs so far.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <param name="libraries">A folder where the process looks for shared libraries first.</param>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, string folder, string? libraries = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // A setting of the surrounding shell must not change what a test starts.
        foreach (string name in start.Environment.Keys.Where(static k => k.StartsWith("MEDIACORE__", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        if (libraries is not null)
        {
            start.Environment["LD_LIBRARY_PATH"] = libraries;
        }

        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        ChildProcess child = new(Path.GetFileName(program), process);
        process.OutputDataReceived += (_, line) => child.Take(line.Data);
        process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        Assert.True(process.Start(), $"{program} could not be started");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The first line that satisfies, whenever it was or will be written.</summary>
    public async Task<string> WaitForLineAsync(Predicate<string> wanted, string what, TimeSpan? limit = null)
    {
        using CancellationTokenSource deadline = new(limit ?? Eventually.Patience);
        int seen = 0;
        while (true)
        {
            Task more;
            lock (_gate)
            {
                int found = _lines.FindIndex(seen, wanted);
                if (found >= 0)
                {
                    return _lines[found];
                }

                seen = _lines.Count;
                more = _more.Task;
            }

            Task exit = _process.WaitForExitAsync(deadline.Token);
            try
            {
                if (await Task.WhenAny(more.WaitAsync(deadline.Token), exit) == exit && !more.IsCompleted)
                {
                    await exit;
                    Assert.Fail($"{_what} ended with code {_process.ExitCode} before {what}:\n{Output}");
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{_what}: no {what} in time:\n{Output}");
            }

            Assert.False(deadline.IsCancellationRequested, $"{_what}: no {what} in time:\n{Output}");
        }
    }

    /// <summary>The exit code; fails when it does not end in time.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? limit = null)
    {
        using CancellationTokenSource deadline = new(limit ?? Eventually.Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_what} has not ended in time:\n{Output}");
        }

        return _process.ExitCode;
    }

    /// <summary>Whether it has ended within the time; for a process that may take longer than anybody wants to wait.</summary>
    public async Task<bool> TryWaitForExitAsync(TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        Task exit = _process.WaitForExitAsync(deadline.Token);
        await exit.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return exit.IsCompletedSuccessfully;
    }

    public async Task WriteLineAsync(string text)
    {
        await _process.StandardInput.WriteLineAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            Assert.Equal(0, Kill(_process.Id, signal));
        }
    }

    /// <summary>Resident memory in bytes, from <c>/proc</c>.</summary>
    public long ReadResidentBytes()
    {
        string line = File.ReadLines($"/proc/{_process.Id}/status").First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6).Trim(" \tkB")) * 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            TaskCompletionSource more = _more;
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
            more.SetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
