namespace Grpc.Core;

/// <summary>Where a client writes its requests.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Says that there are no more.</summary>
    Task CompleteAsync();
}
