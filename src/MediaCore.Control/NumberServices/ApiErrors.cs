using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.Services;
using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Inventory;

namespace MediaCore.Control.NumberServices;

/// <summary>Refusals of the number service's API: a status, a sentence, and details for programs.</summary>
internal static class ApiErrors
{
    public static RpcException NotFound(string message) => Make(StatusCode.NotFound, "NOT_FOUND", message);

    public static RpcException Exists(string message) => Make(StatusCode.AlreadyExists, "EXISTS", message);

    public static RpcException Precondition(string message) => Make(StatusCode.FailedPrecondition, "STATE", message);

    public static RpcException Denied(string message, string reason = "PERMISSION_MISSING") => Make(StatusCode.PermissionDenied, reason, message);

    public static RpcException Changed(string etag) => Make(StatusCode.Aborted, "ETAG_MISMATCH", $"It was changed meanwhile: its etag is {etag} now. Read it again and decide anew.");

    /// <summary>A field of the request that is wrong.</summary>
    public static RpcException Invalid(string field, string message) => Invalid([new ConfigurationProblem(field, message)]);

    /// <summary>Everything that is wrong, with its paths.</summary>
    public static RpcException Invalid(IReadOnlyList<ConfigurationProblem> problems) => StatusDetails.ToException(StatusCode.InvalidArgument, problems);

    /// <summary>What helps is to wait.</summary>
    public static RpcException TooMany(string message, TimeSpan retryAfter) => StatusDetails.ToException(StatusCode.ResourceExhausted, message, "RATE_LIMIT", retryAfter);

    public static RpcException Unavailable(string message) => StatusDetails.ToException(StatusCode.Unavailable, message, "DATABASE", TimeSpan.FromSeconds(1));

    public static RpcException Make(StatusCode code, string reason, string message) => StatusDetails.ToException(code, message, reason, retryAfter: null);

    /// <summary>What a change gave, or its refusal.</summary>
    /// <param name="result">The change.</param>
    /// <param name="field">The field of the request that a refusal is about.</param>
    /// <param name="conflict">What a conflict is: something that exists, or a state that does not allow it.</param>
    public static T Take<T>(StoreResult<T> result, string field = "", StatusCode conflict = StatusCode.FailedPrecondition) => result.IsDone
        ? result.Value
        : throw (result.Status switch
        {
            StoreStatus.Invalid => Invalid(field, result.Message),
            StoreStatus.NotFound => NotFound(result.Message),
            StoreStatus.TooMany => TooMany(result.Message, ApiLimits.RateWait),
            _ => Make(conflict, conflict == StatusCode.AlreadyExists ? "EXISTS" : "STATE", result.Message),
        });

    /// <summary>What a check of a document has found.</summary>
    public static RpcException Invalid(IReadOnlyList<DocumentError> errors) => Invalid([.. errors.Select(static error => new ConfigurationProblem(error.Path, error.Message))]);
}
