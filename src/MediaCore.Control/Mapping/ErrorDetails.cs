using Grpc.Core;
using MediaCore.Control.Services;

namespace MediaCore.Control.Mapping;

/// <summary>What a refusal says to programs.</summary>
/// <param name="Reason">Why, as <c>RATE_LIMIT</c>; may be empty.</param>
/// <param name="Problems">What is wrong with the request.</param>
/// <param name="RetryAfter">How long to wait, where that helps.</param>
public sealed record ErrorDetails(string Reason, IReadOnlyList<ConfigurationProblem> Problems, TimeSpan? RetryAfter)
{
    /// <summary>Reads what stands beside a status of ours.</summary>
    public static ErrorDetails Of(RpcException refusal) => StatusDetails.Read(refusal);
}
