using Grpc.Core;

namespace MediaCore.Cli;

/// <summary>Exit codes of <c>mcctl</c>, for scripts.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The server refused it, or it went wrong.</summary>
    public const int Failure = 1;

    /// <summary>The command line is not understood.</summary>
    public const int Usage = 2;

    /// <summary>There is no such call, token, trace or piece of the configuration.</summary>
    public const int NotFound = 3;

    /// <summary>No token, a wrong one, or one that may not do this.</summary>
    public const int NotPermitted = 4;

    /// <summary>The server cannot be reached, or does not have the service.</summary>
    public const int Unreachable = 5;

    /// <summary>What was to be changed has changed meanwhile.</summary>
    public const int Conflict = 6;

    /// <summary>The exit code of a status.</summary>
    public static int Of(StatusCode status) => status switch
    {
        StatusCode.OK => Success,
        StatusCode.NotFound => NotFound,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => NotPermitted,
        StatusCode.Unavailable or StatusCode.Unimplemented or StatusCode.DeadlineExceeded => Unreachable,
        StatusCode.Aborted => Conflict,
        _ => Failure,
    };
}
