using MediaCore.Engine.Control;

namespace MediaCore.Engine.Ng;

/// <summary>The answers that are the same for many commands.</summary>
internal static class NgAnswers
{
    /// <summary>Done.</summary>
    public static NgDictionary Ok() => With("ok");

    /// <summary>Answered with that word.</summary>
    public static NgDictionary With(string result) => new() { ["result"] = result };

    /// <summary>Whether it was done.</summary>
    public static bool IsOk(NgDictionary answer) => answer["result"]?.Text == "ok";

    /// <summary>Not done.</summary>
    public static NgDictionary Error(string reason, CommandStatus status = CommandStatus.InvalidArgument) => new() { ["result"] = "error", ["error-reason"] = reason, Status = status };

    /// <summary>No room for a further session; a controller that does not know <c>load limit</c> gets an error.</summary>
    public static NgDictionary LoadLimit(NgRequest request, string reason, CommandStatus status) =>
        request.KnowsLoadLimit ? new NgDictionary { ["result"] = "load limit", ["message"] = reason } : Error(reason, status);
}
