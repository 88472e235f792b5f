using MediaCore.Engine.Prompts;

namespace MediaCore.Engine.Ng;

/// <summary>Makes what <c>play media</c> names a clip, off the shards: a file below the directory of prompts, or the bytes in the message.</summary>
internal static class NgClips
{
    /// <summary>Whether a request has to be prepared before a shard gets it.</summary>
    public static bool IsNeeded(NgRequest request) => request.Command == NgCommand.PlayMedia && request.Clip is null && (request.File is not null || request.Blob is not null);

    /// <summary>Sets the request's clip, or its error.</summary>
    /// <param name="request">The request, which nobody else looks at meanwhile.</param>
    /// <param name="prompts">Where files are; null where there are none.</param>
    /// <param name="cancellationToken">Stops waiting; the request then has an error.</param>
    public static async Task PrepareAsync(NgRequest request, PromptStore? prompts, CancellationToken cancellationToken)
    {
        try
        {
            PromptResult result = request.Blob is { } blob
                ? await Task.Run(() => PromptStore.Decode(blob), cancellationToken)
                : prompts is null
                ? PromptResult.Failed(PromptStatus.Forbidden, "No directory of prompts is set.")
                : await prompts.GetAsync(PromptSource.FromFile(request.File!), cancellationToken);
            request.Clip = result.Clip;
            request.Error = result.Clip is null ? result.Detail : null;
        }
        catch (OperationCanceledException)
        {
            request.Error = "Shutting down";
        }
    }
}
