namespace Grpc.Core;

/// <summary>Carries a server call's deadline and cancellation to the calls made for it (<see cref="CallOptions.WithPropagationToken"/>).</summary>
public class ContextPropagationToken
{
    internal ContextPropagationToken(DateTime deadline, CancellationToken cancellationToken, ContextPropagationOptions? options)
    {
        options ??= ContextPropagationOptions.Default;
        Deadline = options.IsPropagateDeadline ? deadline : DateTime.MaxValue;
        CancellationToken = options.IsPropagateCancellation ? cancellationToken : CancellationToken.None;
    }

    internal DateTime Deadline { get; }

    internal CancellationToken CancellationToken { get; }
}
