using System.Buffers;

namespace MediaCore.Transport.Tcp;

/// <summary>Finds message ends on a byte stream. One for each connection; it may remember how far it has looked.</summary>
public interface IFrameScanner
{
    /// <summary>Looks at everything that is not consumed yet.</summary>
    /// <param name="input">Starts where the last call's consumed bytes ended, and ends later than it did then.</param>
    /// <param name="consumed">Bytes to drop from the start: a frame with what stands before it, a keep-alive, or leading line ends.</param>
    /// <param name="frameLength">
    /// For <see cref="FrameKind.Frame"/>, the frame's bytes: the last ones of those consumed. For <see cref="FrameKind.Invalid"/>, how many bytes at the
    /// start of the input are worth an answer before the connection is closed, which is delivered as a last frame; 0 for none.
    /// </param>
    FrameKind Scan(in ReadOnlySequence<byte> input, out long consumed, out long frameLength);
}
