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
    public static async Task SendAsync(string? folder, string file, IServerStreamWriter<DataChunk> output, CancellationToken cancellationToken)
    {
        // Paths come from the database; one that leads out of the folder is a defect there, and is not followed here.
        string? path = folder is null || file.Length == 0 ? null : Path.GetFullPath(file, Path.GetFullPath(folder));
        if (path is null || !path.StartsWith(Path.GetFullPath(folder!).TrimEnd('/') + '/', StringComparison.Ordinal) || !File.Exists(path))
        {
            throw ApiErrors.NotFound("The file is not there (any more).");
        }

        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, ApiLimits.ChunkBytes, useAsync: true);
        byte[] buffer = new byte[ApiLimits.ChunkBytes];
        string type = TypeOf(path);
        do
        {
            int read = await stream.ReadAsync(buffer, cancellationToken);
            await output.WriteAsync(new DataChunk { Data = ByteString.CopyFrom(buffer, 0, read), ContentType = type }, cancellationToken);
            type = "";
        }
        while (stream.Position < stream.Length);
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".wav" => "audio/wav",
        ".opus" or ".ogg" => "audio/ogg",
        _ => "application/octet-stream",
    };
}
