using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.V1;

namespace MediaCore.Control.NumberServices;

/// <summary>Files in pieces.</summary>
internal static class FileChunks
{
    /// <summary>Sends a file below a folder; NOT_FOUND when there is none (any more).</summary>
    /// <param name="folder">The folder; null where the server has none.</param>
    /// <param name="file">The path below it.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    /// <param name="offset">The first byte that is wanted.</param>
    /// <param name="length">How many are wanted; 0 for the rest.</param>
    public static async Task SendAsync(string? folder, string file, IServerStreamWriter<DataChunk> output, CancellationToken cancellationToken, long offset = 0, long length = 0)
    {
        // Paths come from the database; one that leads out of the folder is a defect there, and is not followed here.
        string? path = folder is null || file.Length == 0 ? null : Path.GetFullPath(file, Path.GetFullPath(folder));
        if (path is null || !path.StartsWith(Path.GetFullPath(folder!).TrimEnd('/') + '/', StringComparison.Ordinal) || !File.Exists(path))
        {
            throw ApiErrors.NotFound("The file is not there (any more).");
        }

        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ApiLimits.ChunkBytes, useAsync: true);
        byte[] buffer = new byte[ApiLimits.ChunkBytes];
        if (offset < 0 || length < 0 || (offset > 0 && offset >= stream.Length))
        {
            throw ApiErrors.Invalid("offset", $"The file has {stream.Length} bytes.");
        }

        stream.Position = offset;
        long end = length == 0 || length > stream.Length - offset ? stream.Length : offset + length;
        DataChunk chunk = new() { ContentType = TypeOf(path), TotalBytes = stream.Length };
        do
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - stream.Position)), cancellationToken);
            chunk.Data = ByteString.CopyFrom(buffer, 0, read);
            await output.WriteAsync(chunk, cancellationToken);
            chunk = new DataChunk();
        }
        while (stream.Position < end);
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".wav" => "audio/wav",
        ".opus" or ".ogg" => "audio/ogg",
        _ => "application/octet-stream",
    };
}
