namespace Grpc.Core;

/// <summary>Messages as they are sent. One write at a time: the next may begin when the task of the last is done, which waits for the peer's flow control.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>How messages are written from now on; null as usual.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message.</summary>
    Task WriteAsync(T message);

    /// <summary>Sends a message; when cancelled while it waits, the call is over.</summary>
    Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            throw new NotSupportedException("This writer can't be cancelled.");
        }

#pragma warning disable MA0040 // The token can't be cancelled.
        return WriteAsync(message);
#pragma warning restore MA0040
    }
}
