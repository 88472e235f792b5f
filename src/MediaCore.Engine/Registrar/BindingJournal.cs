using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// Keeps the contacts on disk, so that a restart finds the phones (docs/adr/0009-binding-journal.md): an append-only file of <see cref="BindingRecord"/>s, written
/// anew once it is mostly history. Shards only mark accounts as changed; the file is written by whoever calls <see cref="Flush"/>, a background
/// task every <see cref="Interval"/>. So a kill loses at most that much, and however often a phone refreshes, it is written once per interval.
/// </summary>
internal sealed class BindingJournal : IDisposable
{
    /// <summary>How often changes are written.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>History that is borne before the file is written anew, at least; above that, as much as there are live records.</summary>
    public const long MinHistoryBytes = 1 << 20;

    /// <summary>Bytes gathered before they go to the file.</summary>
    private const int BatchBytes = 1 << 20;

    private readonly LocationService _locations;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly MemoryStream _buffer = new(4096);
    private readonly BinaryWriter _writer;
    private FileStream? _file;
    private long _liveBytes;
    private bool _mustRewrite;
    private bool _hasFailed;

    public BindingJournal(string path, LocationService locations, TimeProvider time, ILogger logger)
    {
        _path = path;
        _locations = locations;
        _time = time;
        _logger = logger;
        _writer = new BinaryWriter(_buffer);
        locations.TracksChanges = true;
    }

    private static ReadOnlySpan<byte> Magic => "MCBINDINGS1\n"u8;

    /// <summary>Bytes of the file.</summary>
    public long Length => _file?.Length ?? 0;

    /// <summary>
    /// Puts what the file holds into the location service; called once, before the first REGISTER. Returns the contacts. A torn tail is what a kill leaves
    /// and is passed over; a file that is none of ours is put aside with the ending <c>.bad</c>.
    /// </summary>
    public int Load(IReadOnlyList<ListenerIdentity> listeners, Timestamp now)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(_path))!);
        int contacts = 0;
        if (File.Exists(_path))
        {
            byte[] bytes = File.ReadAllBytes(_path);
            if (!bytes.AsSpan().StartsWith(Magic))
            {
                File.Move(_path, _path + ".bad", overwrite: true);
                EngineLog.BindingsUnreadable(_logger, _path);
            }
            else
            {
                contacts = Load(bytes.AsSpan(Magic.Length), listeners, new WallClock(now, _time.GetUtcNow()), now);
            }
        }

        // What follows a torn record would never be read again, so the file begins anew with what was found.
        Rewrite(now);
        return contacts;
    }

    private int Load(ReadOnlySpan<byte> records, IReadOnlyList<ListenerIdentity> listeners, WallClock clock, Timestamp now)
    {
        while (BindingRecord.TryRead(records, listeners, clock, now, out int consumed, out string account, out Binding[] bindings))
        {
            records = records[consumed..];
            if (account.Length > 0)
            {
                AccountBindings entry = _locations.GetEntry(account);
                entry.TryReplace(entry.Stored, bindings);
            }
        }

        if (!records.IsEmpty)
        {
            EngineLog.BindingsTorn(_logger, _path, records.Length);
        }

        return _locations.All.Sum(static e => e.Stored.Length);
    }

    /// <summary>Writes what has changed since the last time. A disk that refuses is said once; the file is written anew as soon as it takes it.</summary>
    public void Flush(Timestamp now)
    {
        try
        {
            if (_mustRewrite)
            {
                Rewrite(now);
            }
            else
            {
                Append(now);
            }

            if (_hasFailed)
            {
                _hasFailed = false;
                EngineLog.BindingsWrittenAgain(_logger, _path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _mustRewrite = true;
            if (!_hasFailed)
            {
                _hasFailed = true;
                EngineLog.BindingsNotWritten(_logger, _path, exception);
            }
        }
    }

    private void Append(Timestamp now)
    {
        var clock = new WallClock(now, _time.GetUtcNow());
        while (_locations.TryTakeChanged(out AccountBindings? entry))
        {
            // By name: the entry may have left the table and another one stand in its place.
            BindingRecord.Write(_buffer, _writer, entry.Account, _locations.GetStored(entry.Account), clock, now);
            if (_buffer.Length >= BatchBytes)
            {
                WriteBuffer();
            }
        }

        WriteBuffer();
        if (Length > (2 * _liveBytes) + MinHistoryBytes)
        {
            Rewrite(now);
        }
    }

    private void WriteBuffer()
    {
        if (_buffer.Length > 0)
        {
            _buffer.WriteTo(_file!);
            _file!.Flush();
            _buffer.SetLength(0);
        }
    }

    /// <summary>Writes the contacts of now to a new file, which takes the old one's place when it is whole and on disk.</summary>
    private void Rewrite(Timestamp now)
    {
        _mustRewrite = true;
        _buffer.SetLength(0);

        // What changes from here on is appended after it; what changed before is in it.
        while (_locations.TryTakeChanged(out _))
        {
        }

        string next = _path + ".new";
        var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        try
        {
            file.Write(Magic);
            var clock = new WallClock(now, _time.GetUtcNow());
            foreach (AccountBindings entry in _locations.All)
            {
                BindingRecord.Write(_buffer, _writer, entry.Account, _locations.GetStored(entry.Account), clock, now);
                _buffer.WriteTo(file);
                _buffer.SetLength(0);
            }

            file.Flush(flushToDisk: true);
            File.Move(next, _path, overwrite: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _file?.Dispose();
        _file = file;
        _liveBytes = file.Length;
        _mustRewrite = false;
    }

    /// <summary>Closes the file; call <see cref="Flush"/> before.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _writer.Dispose();
    }
}
