namespace Grpc.Core;

/// <summary>How messages of a call are to be written.</summary>
/// <param name="flags">The ways that differ from the usual one.</param>
public class WriteOptions(WriteFlags flags = default)
{
    /// <summary>The usual way: each message is sent at once.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The ways that differ from the usual one.</summary>
    public WriteFlags Flags { get; } = flags;
}
