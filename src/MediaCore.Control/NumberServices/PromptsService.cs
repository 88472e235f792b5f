using System.Security.Cryptography;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;
using Model = MediaCore.Numbers.Model;

namespace MediaCore.Control.NumberServices;

/// <summary>The service <c>mediacore.v1.Prompts</c>. Files are named by what is in them, so one that is being played never changes.</summary>
/// <param name="store">The database.</param>
/// <param name="folder">The folder that prompts are played from; null where the server has none.</param>
public sealed class PromptsService(ServiceStore store, string? folder) : Prompts.PromptsBase
{
    private readonly Rows<Model.Prompt> _rows = new(store, "prompt", static row => row.Name);

    /// <inheritdoc/>
    public override async Task<ListPromptsResponse> ListPrompts(PageRequest request, ServerCallContext context)
    {
        (List<Model.Prompt> rows, string next) = await _rows.ListAsync(context, request.PageSize, request.PageToken);
        return new ListPromptsResponse { Prompts = { rows.Select(ToMessage) }, NextPageToken = next };
    }

    /// <inheritdoc/>
    public override Task<Prompt> GetPrompt(EntityRequest request, ServerCallContext context) => _rows.GetAsync(context, request.Id, ToMessage);

    /// <inheritdoc/>
    public override async Task<Prompt> CreatePrompt(PromptChange request, ServerCallContext context) => ToMessage(await _rows.CreateAsync(context, async database =>
    {
        var row = new Model.Prompt { Name = ApiMapping.Name(request.Name), Language = await LanguageAsync(database, request.Language, context) };
        Apply(row, request);
        return row.Text.Length > 0 ? row : throw ApiErrors.Invalid("text", "What is to be said? A prompt of a file is made by UploadPrompt.");
    }));

    /// <inheritdoc/>
    public override async Task<Prompt> UpdatePrompt(PromptChange request, ServerCallContext context) => ToMessage(await _rows.ChangeAsync(context, request.Id, request.Etag, (_, row) =>
    {
        Apply(row, request);
        return Task.CompletedTask;
    }));

    /// <inheritdoc/>
    public override Task<Done> DeletePrompt(DeleteEntityRequest request, ServerCallContext context) => _rows.DeleteAsync(context, request.Id, request.Etag);

    /// <inheritdoc/>
    public override async Task<Prompt> UploadPrompt(IAsyncStreamReader<PromptUpload> requestStream, ServerCallContext context)
    {
        using MemoryStream sound = new();
        PromptUpload? first = null;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            first ??= requestStream.Current;
            if (sound.Length + requestStream.Current.Data.Length > ApiLimits.MaxPromptBytes)
            {
                throw ApiErrors.Invalid("data", $"A file has at most {ApiLimits.MaxPromptBytes} bytes.");
            }

            requestStream.Current.Data.WriteTo(sound);
        }

        string name = ApiMapping.Name(first?.Name ?? "");
        (string file, string hash) = await KeepAsync(sound, ApiCaller.Of(context), context.CancellationToken);
        ApiCaller caller = ApiCaller.Of(context);
        return ToMessage(ApiErrors.Take(await store.ChangeAsync<Model.Prompt>(caller.Scope, caller.Origin("prompt.upload"), async database =>
        {
            Guid tenant = caller.TenantId;
            string language = await LanguageAsync(database, first!.Language, context);
            Model.Prompt? row = await database.Prompts.SingleOrDefaultAsync(each => each.TenantId == tenant && each.Name == name && each.Language == language, context.CancellationToken);
            if (row is null)
            {
                row = new Model.Prompt { TenantId = tenant, Name = name, Language = language };
                database.Add(row);
            }

            row.Origin = Model.PromptOrigin.Upload;
            row.Text = first.Text.Length > 0 ? ApiMapping.Text(first.Text, "text", InventoryLimits.MaxAnnouncementCharacters) : row.Text;
            row.File = file;
            row.Sha256 = hash;
            return row;
        }, context.CancellationToken)));
    }

    /// <inheritdoc/>
    public override async Task FetchPrompt(EntityRequest request, IServerStreamWriter<DataChunk> responseStream, ServerCallContext context)
        => await FileChunks.SendAsync(folder, await _rows.GetAsync(context, request.Id, static row => row.File ?? ""), responseStream, context.CancellationToken);

    private static void Apply(Model.Prompt row, PromptChange request)
    {
        row.Name = request.HasName ? ApiMapping.Name(request.Name) : row.Name;
        row.Language = request.HasLanguage && request.Language.Length > 0 ? ApiMapping.Language(request.Language) : row.Language;
        row.Text = request.HasText ? ApiMapping.Text(request.Text, "text", InventoryLimits.MaxAnnouncementCharacters) : row.Text;
        row.Voice = request.HasVoice ? ApiMapping.TextOrNull(request.Voice, "voice") : row.Voice;
    }

    private static async Task<string> LanguageAsync(ServiceContext database, string language, ServerCallContext context)
    {
        Guid tenant = ApiCaller.Of(context).TenantId;
        return language.Length > 0
            ? ApiMapping.Language(language)
            : await database.Tenants.Where(row => row.Id == tenant).Select(static row => row.Language).SingleAsync(context.CancellationToken);
    }

    private async Task<(string File, string Hash)> KeepAsync(MemoryStream sound, ApiCaller caller, CancellationToken cancellationToken)
    {
        if (folder is null)
        {
            throw ApiErrors.Precondition("This server plays no files: it has no prompt folder.");
        }

        ReadOnlyMemory<byte> bytes = sound.GetBuffer().AsMemory(0, (int)sound.Length);
        string extension = bytes.Span.StartsWith("RIFF"u8) ? ".wav" : bytes.Span.StartsWith("OggS"u8) ? ".opus" : throw ApiErrors.Invalid("data", "This is neither WAVE nor Ogg Opus.");
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        string file = $"tenants/{caller.TenantId}/{hash}{extension}";
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Whole or not at all: written beside it and renamed.
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await File.WriteAllBytesAsync(partial, bytes, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ApiErrors.Make(StatusCode.Unavailable, "DISK", "The file cannot be kept: the prompt folder cannot be written.");
        }
        finally
        {
            File.Delete(partial);
        }

        return (file, hash);
    }

    private static Prompt ToMessage(Model.Prompt row) => new()
    {
        Id = row.Id.ToString(),
        Etag = ApiMapping.ETag(row),
        Name = row.Name,
        Language = row.Language,
        Origin = ApiMapping.To<Prompt.Types.Origin>(row.Origin),
        Text = row.Text,
        Voice = row.Voice ?? "",
        Sha256 = row.Sha256 ?? "",
        CreatedAt = ApiMapping.Time(row.CreatedAtMs),
    };
}
