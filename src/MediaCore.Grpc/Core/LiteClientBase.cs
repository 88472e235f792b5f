namespace Grpc.Core;

/// <summary>Base of generated clients that keep to the minimum (<c>lite_client</c>).</summary>
public abstract class LiteClientBase
{
    /// <summary>A client that makes no calls, for substitutes in tests.</summary>
    protected LiteClientBase() => CallInvoker = UnimplementedCallInvoker.Instance;

    /// <summary>A client over an invoker.</summary>
    protected LiteClientBase(CallInvoker callInvoker)
    {
        ArgumentNullException.ThrowIfNull(callInvoker);
        CallInvoker = callInvoker;
    }

    /// <summary>Makes its calls.</summary>
    protected CallInvoker CallInvoker { get; }
}
