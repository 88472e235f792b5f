using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MediaCore.Audio.Opus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace MediaCore.Engine.Recordings;

/// <summary>
/// Where recordings go. Shards hand blocks of sound to writer threads and never wait for them; a file is written under a temporary name in the folder <c>.partial</c>, readable at any time,
/// and gets its own name when it is whole. What a process that died has left there is made whole at the next start (<c>docs/adr/0019-recordings.md</c>).
/// <para>Thread-safe. Memory is bounded by <see cref="RecordingOptions.MaxBufferBytes"/> and the encoders' own, about 40 kB for a recording in Opus.</para>
/// </summary>
public sealed class RecordingStore : IDisposable
{
    /// <summary>Folder of unfinished recordings below the directory.</summary>
    public const string PartialFolder = ".partial";

    private readonly ILogger _logger;
    private readonly IRecordingListener? _listener;
    private readonly RecordingWrite _write;
    private readonly RecordingWriter[] _writers;
    private readonly BlockingCollection<RecordingFile> _finished = [];
    private readonly Thread _finisher;
    private readonly TimeProvider _time;
    private int _active;
    private int _next;
    private int _refusing;
    private bool _disposed;

    /// <summary>The engine's own listener, told before the host's; null while there is no engine.</summary>
    internal Action<RecordingInfo>? Told { get; set; }

    /// <summary>Makes the folders, starts the writers, and begins to recover what an earlier process left.</summary>
    /// <exception cref="IOException">The directory cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be made or written.</exception>
    public RecordingStore(RecordingOptions options, IRecordingListener? listener = null, ILoggerFactory? loggers = null, TimeProvider? time = null)
        : this(options, listener, loggers, time, WriteToDisk)
    {
    }

    internal RecordingStore(RecordingOptions options, IRecordingListener? listener, ILoggerFactory? loggers, TimeProvider? time, RecordingWrite write)
    {
        ArgumentNullException.ThrowIfNull(options);
        RecordingMetrics.Publish();
        Options = options;
        _listener = listener;
        _write = write;
        _time = time ?? TimeProvider.System;
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<RecordingStore>();
        string partial = Path.Combine(options.Directory, PartialFolder);
        OwnerOnly.CreateFolder(options.Directory);
        OwnerOnly.CreateFolder(partial);

        // Listed before anything of this process can be there.
        string[] left = [.. Directory.EnumerateFiles(partial).Where(path => Path.GetFileName(path).StartsWith(Flatten(options.Prefix), StringComparison.Ordinal)).Take(RecordingLimits.MaxRecovered)];
        Blocks = new RecordingBlockPool((int)Math.Clamp(options.MaxBufferBytes / RecordingLimits.BlockBytes, 16, 1 << 20));
        _writers = new RecordingWriter[Math.Clamp(options.Threads, 1, RecordingLimits.MaxThreads)];
        for (int i = 0; i < _writers.Length; i++)
        {
            // Room for all blocks, and for a beginning and an end of every recording.
            _writers[i] = new RecordingWriter(this, i, Blocks.MaxBlocks + (2 * RecordingLimits.MaxRecordings));
        }

        _finisher = new Thread(() => FinishAll(left)) { IsBackground = true, Name = "recordings-end" };
        _finisher.Start();
    }

    private static void WriteToDisk(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // What the library makes of EFBIG: the file system or a limit of the process takes no longer files. It is the disk that refuses, not a defect.
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>The settings.</summary>
    public RecordingOptions Options { get; }

    /// <summary>Recordings under way or not yet saved.</summary>
    public int Active => Volatile.Read(ref _active);

    internal RecordingBlockPool Blocks { get; }

    /// <summary>Whether this machine can make such recordings: Opus needs libopus.</summary>
    public static bool CanMake(RecordingFormat format) => format != RecordingFormat.Opus || OpusLibrary.IsAvailable;

    /// <summary>Ends the recordings that are still under way, saves them and stops the writers.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        foreach (RecordingWriter writer in _writers)
        {
            writer.Dispose();
        }

        _finished.CompleteAdding();
        _finisher.Join();
        _finished.Dispose();
    }

    /// <summary>Begins a recording; null, with the reason, when there are too many or this machine cannot make it. A shard's call: neither waits nor does I/O.</summary>
    /// <param name="terms">How it is made.</param>
    /// <param name="sampleRateHz">8000 or 16000; G.711 formats are of 8000 whatever it says.</param>
    /// <param name="callId">The call's identifier.</param>
    /// <param name="leg">Number of the leg in its call.</param>
    /// <param name="ordinal">1 for the first recording of this leg.</param>
    /// <param name="problem">Why there is none.</param>
    internal CallRecording? TryStart(in RecordingTerms terms, int sampleRateHz, string callId, int leg, int ordinal, out string problem)
    {
        problem = "";
        if (!CanMake(terms.Format))
        {
            problem = "libopus is not installed";
        }
        else if (Interlocked.Increment(ref _active) > RecordingLimits.MaxRecordings)
        {
            Interlocked.Decrement(ref _active);
            problem = "there are too many recordings";
        }

        if (problem.Length > 0)
        {
            RecordingMetrics.Refused.Add(1);
            return null;
        }

        int rate = terms.Format is RecordingFormat.WavALaw or RecordingFormat.WavMuLaw ? 8000 : sampleRateHz;
        DateTimeOffset now = _time.GetUtcNow();
        string path = Options.Prefix + Options.Path.Expand(callId, leg, now) + (ordinal > 1 ? string.Create(CultureInfo.InvariantCulture, $".{ordinal}") : "");
        RecordingEncoder encoder = RecordingEncoder.Create(terms, rate, Options.OpusBitrate);
        RecordingInfo info = new()
        {
            CallId = callId,
            LegId = string.Create(CultureInfo.InvariantCulture, $"{callId}-{leg}"),
            File = path + encoder.Extension,
            Format = terms.Format,
            Layout = terms.Layout,
            SampleRateHz = rate,
            StartedAt = now,
        };
        RecordingFile file = new(this, encoder, info, path);
        RecordingWriter writer = _writers[(uint)Interlocked.Increment(ref _next) % _writers.Length];
        if (!writer.TryPost(new RecordingItem(RecordingItemKind.Begin, file)))
        {
            file.Dispose();
            Interlocked.Decrement(ref _active);
            RecordingMetrics.Refused.Add(1);
            problem = "the writers are too far behind";
            return null;
        }

        RecordingMetrics.Started.Add(1);
        RecordingMetrics.Active.Add(1);
        return new CallRecording(this, writer, file, terms);
    }

    /// <summary>Makes the file of a recording under its temporary name.</summary>
    internal (SafeFileHandle Handle, string Path) Create(string relativePath)
    {
        string name = Flatten(relativePath);
        for (int attempt = 1; ; attempt++)
        {
            string path = Path.Combine(Options.Directory, PartialFolder, attempt == 1 ? name : Numbered(name, attempt));
            try
            {
                // Not shared: a second server on the same directory must not take it for one to be recovered.
                return (OwnerOnly.CreateFile(path), path);
            }
            catch (IOException) when (attempt < RecordingLimits.MaxNameAttempts && File.Exists(path))
            {
                // The next number.
            }
        }
    }

    internal void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        _write(file, bytes, offset);
        Volatile.Write(ref _refusing, 0);
    }

    /// <summary>The first refusal of a row is an error in the log; the ones that follow until a success are counted only.</summary>
    internal void CountRefusal(Exception exception, string path)
    {
        RecordingMetrics.WriteFailures.Add(1);
        if (Interlocked.Exchange(ref _refusing, 1) == 0)
        {
            RecordingLog.Refused(_logger, path, exception);
        }
    }

    /// <summary>A defect of ours, met while writing one recording: that one is given up, the others go on.</summary>
    internal bool Contain(RecordingFile file, Exception exception)
    {
        RecordingLog.Faulted(_logger, file.Info.CallId, file.Info.File, exception);
        file.Abandon();
        return true;
    }

    /// <summary>Takes a closed file over from its writer: hashing and naming is no work for the thread that others wait for.</summary>
    internal void Finish(RecordingFile file) => _finished.Add(file);

    // One folder for all that are unfinished: their paths as names.
    private static string Flatten(string relativePath) => relativePath.Replace("/", "%2F", StringComparison.Ordinal);

    private static string Numbered(string path, int number) => Path.Combine(
        Path.GetDirectoryName(path) ?? "", string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}"));

    private void FinishAll(string[] left)
    {
        foreach (string path in left)
        {
            Recover(path);
        }

        foreach (RecordingFile file in _finished.GetConsumingEnumerable())
        {
            using (file)
            {
                Finish(file, file.TemporaryPath);
            }

            Interlocked.Decrement(ref _active);
            RecordingMetrics.Active.Add(-1);
            Tell(file.Info);
        }
    }

    private void Finish(RecordingFile file, string? temporary)
    {
        RecordingInfo info = file.Info;
        try
        {
            if (file.IsDiscarded)
            {
                if (temporary is not null)
                {
                    File.Delete(temporary);
                }

                file.Conclude(RecordingStatus.Discarded, info.File, 0, "");
                RecordingMetrics.Discarded.Add(1);
                return;
            }

            if (file.IsWhole && temporary is not null)
            {
                (long bytes, string hash) = Hash(temporary);
                string name = MoveToName(temporary, info.File);
                file.Conclude(RecordingStatus.Saved, name, bytes, hash);
                WriteDescription(file.Info);
                RecordingMetrics.Saved.Add(1);
                RecordingLog.Saved(_logger, info.CallId, name, file.Info.Duration.TotalSeconds, bytes, file.Info.Gaps.TotalSeconds);
                return;
            }

            Fail(file, exception: null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(file, e);
        }
    }

    private void Fail(RecordingFile file, Exception? exception)
    {
        file.Conclude(RecordingStatus.Failed, file.Info.File, 0, "");
        RecordingMetrics.Failed.Add(1);
        RecordingLog.Failed(_logger, file.Info.CallId, file.Info.File, exception);
    }

    private void Recover(string temporary)
    {
        string name = Path.GetFileName(temporary).Replace("%2F", "/", StringComparison.Ordinal);
        try
        {
            if (!RecordingRecovery.TryRepair(temporary, out RecordingInfo? found))
            {
                RecordingLog.NotRecovered(_logger, name, exception: null);
                return;
            }

            if (found.Duration == TimeSpan.Zero)
            {
                // A beginning without sound is no recording.
                File.Delete(temporary);
                return;
            }

            (long bytes, string hash) = Hash(temporary);
            RecordingInfo info = found with { File = MoveToName(temporary, name), Bytes = bytes, Sha256 = hash, Status = RecordingStatus.Recovered };
            WriteDescription(info);
            RecordingMetrics.Recovered.Add(1);
            RecordingLog.Recovered(_logger, info.File);
            Tell(info);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RecordingLog.NotRecovered(_logger, name, e);
        }
    }

    private static (long Bytes, string Hash) Hash(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.SequentialScan);
        return (stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Gives a whole file its name; should there be one of that name, a number is added.</summary>
    private string MoveToName(string temporary, string relative)
    {
        string folder = Path.Combine(Options.Directory, Path.GetDirectoryName(relative) ?? "");
        OwnerOnly.CreateFolder(folder);
        for (int attempt = 1; ; attempt++)
        {
            string name = attempt == 1 ? relative : Numbered(relative, attempt);
            string path = Path.Combine(Options.Directory, name);
            if (!File.Exists(path) || attempt == RecordingLimits.MaxNameAttempts)
            {
                File.Move(temporary, path, overwrite: false);
                return name;
            }
        }
    }

    private void WriteDescription(RecordingInfo info)
    {
        ArrayBufferWriter<byte> text = new(512);
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Indented = true }))
        {
            RecordingJson.Write(writer, info);
        }

        string path = Path.Combine(Options.Directory, info.File + ".json");
        File.Delete(path);
        using SafeFileHandle file = OwnerOnly.CreateFile(path);
        RandomAccess.Write(file, text.WrittenSpan, 0);
    }

    private void Tell(RecordingInfo info)
    {
        try
        {
            Told?.Invoke(info);
            _listener?.OnRecordingEnded(info);
        }
        catch (Exception e) when (Blame(e, info.File))
        {
            // The listener is somebody else's code; the recordings that follow are saved all the same.
        }
    }

    private bool Blame(Exception exception, string file)
    {
        RecordingLog.ListenerFailed(_logger, file, exception);
        return true;
    }
}
