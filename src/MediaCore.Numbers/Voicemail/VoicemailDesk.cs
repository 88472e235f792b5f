using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MediaCore.Audio.Ogg;
using MediaCore.Audio.Resampling;
using MediaCore.Audio.Wave;
using MediaCore.Engine.Prompts;
using MediaCore.Engine.Recordings;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Notifications;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Voicemail;

/// <summary>
/// What owners do with their boxes, by phone and by the API: signing in, marking and forwarding messages, greetings, the PIN. Each is one transaction, and goes on when the call that asked for it has ended meanwhile. Thread-safe.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="recordingFolder">Folder of recordings; null where the server has none.</param>
/// <param name="promptFolder">Folder of prompts, which greetings become.</param>
/// <param name="transcribes">Whether forwarded messages of boxes that want it will have transcripts.</param>
/// <param name="stored">Called when a message was forwarded into a box, with what is to be told of it.</param>
public sealed class VoicemailDesk(ServiceStore store, string? recordingFolder, string promptFolder, bool transcribes = false, Action? stored = null)
{
    private const string Actor = "voicemail";

    /// <summary>Raised, on any thread, when this node has changed messages.</summary>
    public event EventHandler? MessagesChanged;

    /// <summary>Sets the PIN of a box, or takes it away; a lock ends with it.</summary>
    /// <param name="scope">The tenant.</param>
    /// <param name="box">The box.</param>
    /// <param name="pin">The PIN; empty for none, and nobody gets in by phone.</param>
    /// <param name="origin">Who.</param>
    /// <param name="cancellationToken">Ends the change.</param>
    public async Task<StoreResult<VoicemailBox>> SetPinAsync(TenantScope scope, Guid box, string pin, ChangeOrigin origin, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pin);

        // Made before the change has its turn: it takes a tenth of a second.
        string? hash = pin.Length is 0 or > PinRules.MaxDigits ? null : PinRules.Hash(pin);
        return await store.ChangeAsync<VoicemailBox>(scope, origin, async context =>
        {
            if (await context.VoicemailBoxes.SingleOrDefaultAsync(row => row.Id == box, cancellationToken) is not { } row)
            {
                return StoreResult.NotFound($"There is no box {box}.");
            }

            if (pin.Length > 0 && PinRules.Check(pin, row.Box) is { } wrong)
            {
                return StoreResult.Invalid(wrong);
            }

            (row.PinHash, row.WrongPins, row.LockedUntilMs) = (hash, 0, null);
            return row;
        }, cancellationToken);
    }

    /// <summary>Tells that messages have changed.</summary>
    public void Note() => MessagesChanged?.Invoke(this, EventArgs.Empty);

    /// <summary>Opens a box by its PIN. The try is counted before the PIN is looked at, so that guesses of many calls at once are no more than those of one.</summary>
    /// <exception cref="DbException">The database cannot be used.</exception>
    internal async Task<BoxSignIn> SignInAsync(TenantScope scope, string number, string pin)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        var entry = BoxEntry.Wrong;
        StoreResult<VoicemailBox> tried = await store.ChangeAsync<VoicemailBox>(scope, new ChangeOrigin(Actor, "voicemail.sign_in"), async context =>
        {
            VoicemailBox? row = await context.VoicemailBoxes.SingleOrDefaultAsync(row => row.TenantId == scope.TenantId && row.Box == number, limit.Token);
            entry = row is null ? BoxEntry.Wrong : row.PinHash is null ? BoxEntry.NoPin : row.LockedUntilMs > store.NowMs ? BoxEntry.Locked : BoxEntry.Open;
            if (entry != BoxEntry.Open)
            {
                return StoreResult.Invalid("The box does not open.");
            }

            row!.WrongPins++;
            TimeSpan locked = PinRules.LockAfter(row.WrongPins);
            row.LockedUntilMs = locked > TimeSpan.Zero ? store.NowMs + (long)locked.TotalMilliseconds : null;
            return row;
        }, limit.Token);
        if (!tried.IsDone)
        {
            VoicemailMetrics.CountSignIn(entry);
            return new BoxSignIn(entry);
        }

        if (!PinRules.Matches(tried.Value.PinHash!, pin))
        {
            entry = tried.Value.LockedUntilMs is null ? BoxEntry.Wrong : BoxEntry.Locked;
            VoicemailMetrics.CountSignIn(entry);
            return new BoxSignIn(entry);
        }

        string hash = tried.Value.PinHash!;
        StoreResult<VoicemailBox> opened = await store.ChangeAsync<VoicemailBox>(scope, new ChangeOrigin(Actor, "voicemail.sign_in"), async context =>
        {
            // Another PIN may have been set meanwhile.
            if (await context.VoicemailBoxes.SingleOrDefaultAsync(row => row.Id == tried.Value.Id && row.PinHash == hash, limit.Token) is not { } row)
            {
                return StoreResult.NotFound("The box is another by now.");
            }

            (row.WrongPins, row.LockedUntilMs) = (0, null);
            return row;
        }, limit.Token);
        entry = opened.IsDone ? BoxEntry.Open : BoxEntry.Wrong;
        VoicemailMetrics.CountSignIn(entry);
        return new BoxSignIn(entry, opened.Value);
    }

    /// <summary>Opens a box without a PIN, for a phone of its owner where its settings say so.</summary>
    internal async Task<BoxSignIn> OpenAsync(TenantScope scope, Guid box)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        await using ServiceContext context = store.Open(scope);
        VoicemailBox? row = await context.VoicemailBoxes.AsNoTracking().SingleOrDefaultAsync(row => row.Id == box, limit.Token);
        BoxEntry entry = row is null ? BoxEntry.Wrong : BoxEntry.Open;
        VoicemailMetrics.CountSignIn(entry);
        return new BoxSignIn(entry, row);
    }

    /// <summary>The messages of a box without those that were deleted: urgent ones first, then the oldest.</summary>
    internal async Task<IReadOnlyList<VoicemailMessage>> ListAsync(TenantScope scope, Guid box)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        await using ServiceContext context = store.Open(scope);
        return await context.VoicemailMessages.AsNoTracking().Where(row => row.BoxId == box && row.State != VoicemailState.Deleted)
            .OrderByDescending(static row => row.Urgent).ThenBy(static row => row.ReceivedAtMs).ThenBy(static row => row.Id).Take(VoicemailLimits.MaxListed).ToListAsync(limit.Token);
    }

    /// <summary>Marks a message; false where it is gone.</summary>
    internal async Task<bool> MarkAsync(TenantScope scope, Guid message, VoicemailState state)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        await using ServiceContext context = store.Open(scope);
        if (await context.VoicemailMessages.SingleOrDefaultAsync(row => row.Id == message, limit.Token) is not { } row)
        {
            return false;
        }

        row.State = state;
        await context.SaveChangesAsync(limit.Token);
        Note();
        return true;
    }

    /// <summary>Puts a copy of a message into another box of the tenant, with its own sound, so that neither box depends on the other. A comment goes before it.</summary>
    /// <exception cref="IOException">The sound cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The sound is none.</exception>
    internal async Task<StoreResult<VoicemailMessage>> ForwardAsync(TenantScope scope, VoicemailMessage message, string number, RecordingInfo? comment)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        string source = Resolve(message.File);
        var id = Guid.CreateVersion7();
        string extension = comment is null ? Path.GetExtension(message.File) : ".wav";
        string file = $"{Path.GetDirectoryName(message.File)?.Replace('\\', '/')}/{id:N}{extension}".TrimStart('/');
        string target = Resolve(file);
        string partial = target + ".partial";
        try
        {
            (byte[] bytes, int durationMs) = comment is null ? (await File.ReadAllBytesAsync(source, limit.Token), message.DurationMs) : Join(Resolve(comment.File), source);
            WritePrivate(partial, bytes);
            File.Move(partial, target);
            StoreResult<VoicemailMessage> forwarded = await store.ChangeAsync<VoicemailMessage>(scope, new ChangeOrigin(Actor, "voicemail.forward"), async context =>
            {
                if (await context.VoicemailBoxes.SingleOrDefaultAsync(row => row.TenantId == scope.TenantId && row.Box == number, limit.Token) is not { } box)
                {
                    return StoreResult.NotFound($"There is no box {number}.");
                }

                if (await context.VoicemailMessages.CountAsync(row => row.BoxId == box.Id && row.State != VoicemailState.Deleted, limit.Token) >= box.MaxMessages)
                {
                    return StoreResult.Conflict($"Box {number} is full.");
                }

                var row = new VoicemailMessage
                {
                    Id = id,
                    TenantId = scope.TenantId,
                    BoxId = box.Id,
                    CallId = message.CallId,
                    Caller = message.Caller,
                    Called = message.Called,
                    Urgent = message.Urgent,
                    ReceivedAtMs = store.NowMs,
                    DurationMs = durationMs,
                    File = file,
                    Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),

                    // Also where the first box had one: a comment is part of what is said here, and this box may have another language.
                    TranscriptState = transcribes && box.Transcribe ? TranscriptState.Pending : TranscriptState.None,
                };
                context.VoicemailMessages.Add(row);
                NotificationRows.AddReceived(context, row, box, store.NowMs);
                return row;
            }, limit.Token);
            if (forwarded.IsDone)
            {
                stored?.Invoke();
                Note();
            }
            else
            {
                File.Delete(target);
            }

            return forwarded;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Makes a recording the greeting of a box, or its owner's name; without one the greeting goes.</summary>
    /// <exception cref="IOException">The sound cannot be kept.</exception>
    internal async Task<StoreResult<VoicemailBox>> SetGreetingAsync(TenantScope scope, Guid box, string kind, RecordingInfo? take, string language)
    {
        using var limit = new CancellationTokenSource(VoicemailLimits.DeskTime);
        (string File, string Hash)? kept = take is null ? null : await KeepPromptAsync(scope, Resolve(take.File), limit.Token);
        return await store.ChangeAsync<VoicemailBox>(scope, new ChangeOrigin(Actor, "voicemail.greeting"), async context =>
        {
            if (await context.VoicemailBoxes.SingleOrDefaultAsync(row => row.Id == box, limit.Token) is not { } row)
            {
                return StoreResult.NotFound("The box is gone.");
            }

            string name = $"voicemail-{row.Box}-{kind}";
            List<Prompt> prompts = await context.Prompts.Where(each => each.TenantId == scope.TenantId && each.Name == name).ToListAsync(limit.Token);
            JsonObject settings = JsonNode.Parse(row.Settings) as JsonObject ?? [];
            JsonObject greetings = settings["greetings"] as JsonObject ?? [];
            if (kept is { } sound)
            {
                Prompt? prompt = prompts.Find(each => each.Language == language);
                if (prompt is null)
                {
                    prompt = new Prompt { TenantId = scope.TenantId, Name = name, Language = language };
                    context.Prompts.Add(prompt);
                }

                (prompt.Origin, prompt.File, prompt.Sha256) = (PromptOrigin.Phone, sound.File, sound.Hash);
                greetings[kind] = new JsonObject { ["prompt"] = name };
            }
            else
            {
                context.Prompts.RemoveRange(prompts);
                greetings.Remove(kind);
            }

            settings["greetings"] = greetings.DeepClone();
            row.Settings = settings.ToJsonString();
            return row;
        }, limit.Token);
    }

    /// <summary>The path of a sound. Paths come from the database; one that leads out of the folder is a defect there, and is not followed.</summary>
    /// <exception cref="InvalidDataException">It leads out of the folder, or there is none.</exception>
    internal string Resolve(string file)
    {
        if (recordingFolder is null)
        {
            throw new InvalidDataException("The server has no folder of recordings.");
        }

        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(recordingFolder)) + Path.DirectorySeparatorChar;
        string path = Path.GetFullPath(file, root);
        return path.StartsWith(root, StringComparison.Ordinal) ? path : throw new InvalidDataException("The path leads out of the folder of recordings.");
    }

    private async Task<(string File, string Hash)> KeepPromptAsync(TenantScope scope, string source, CancellationToken cancellationToken)
    {
        byte[] bytes = await File.ReadAllBytesAsync(source, cancellationToken);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string file = $"tenants/{scope.TenantId}/{hash}{Path.GetExtension(source)}";
        string path = Path.Combine(promptFolder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            WritePrivate(partial, bytes);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }

        return (file, hash);
    }

    // What people said is nobody else's business.
    private static void WritePrivate(string path, ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static (byte[] Wave, int DurationMs) Join(string first, string second)
    {
        (short[] comment, int rateHz) = Read(first);
        (short[] message, int otherHz) = Read(second);
        if (rateHz != otherHz)
        {
            comment = Resampler.TryCreate(rateHz, otherHz, out Resampler? resampler) ? resampler.Convert(comment) : throw new InvalidDataException($"{rateHz} Hz cannot become {otherHz} Hz.");
        }

        // Half a second between the two.
        short[] all = [.. comment, .. new short[otherHz / 2], .. message];
        return (WaveWriter.ToArray(all, otherHz), (int)(all.LongLength * 1000 / otherHz));
    }

    private static (short[] Samples, int RateHz) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return OggOpusFile.TryRead(bytes, 16_000, PromptLimits.MaxDuration, out OggOpusFile? opus, out _) ? (opus.Samples, opus.SampleRateHz)
            : WaveFile.TryRead(bytes, out WaveFile? wave, out WaveError error) ? (wave.Samples, wave.SampleRateHz)
            : throw new InvalidDataException($"The sound cannot be read: {error}.");
    }
}
