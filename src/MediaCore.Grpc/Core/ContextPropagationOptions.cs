namespace Grpc.Core;

/// <summary>What of a call goes on to the calls made for it.</summary>
/// <param name="propagateDeadline">The deadline.</param>
/// <param name="propagateCancellation">The cancellation.</param>
public class ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
{
    /// <summary>Both.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Whether the deadline goes on.</summary>
    public bool IsPropagateDeadline { get; } = propagateDeadline;

    /// <summary>Whether the cancellation goes on.</summary>
    public bool IsPropagateCancellation { get; } = propagateCancellation;
}
