namespace Grpc.Core;

/// <summary>Messages as they come. One read at a time.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> found.</summary>
    T Current { get; }

    /// <summary>Waits for the next message; false when the other side will send no more.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
