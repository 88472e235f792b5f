using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>The result of a call: a code and, when it failed, a sentence about it.</summary>
/// <param name="statusCode">The code.</param>
/// <param name="detail">What went wrong, for a person; travels percent-encoded in <c>grpc-message</c>.</param>
/// <param name="debugException">What caused it here; never sent.</param>
[SuppressMessage("Usage", "CA2231:Overload operator equals on overriding value type Equals", Justification = "The official type has none.")]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "The official type has neither.")]
public struct Status(StatusCode statusCode, string detail, Exception? debugException)
{
    /// <summary>OK without a detail.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled without a detail.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>A status without a local cause.</summary>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    /// <summary>The code.</summary>
    public StatusCode StatusCode { get; } = statusCode;

    /// <summary>What went wrong; empty when nothing did.</summary>
    public string Detail { get; } = detail;

    /// <summary>What caused it on this side, when that is known.</summary>
    public Exception? DebugException { get; } = debugException;

    /// <inheritdoc/>
    public override readonly string ToString() => DebugException is null
        ? $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")"
        : $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\", DebugException=\"{DebugException}\")";
}
