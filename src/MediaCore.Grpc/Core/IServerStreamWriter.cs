namespace Grpc.Core;

/// <summary>Where a handler writes its responses.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
