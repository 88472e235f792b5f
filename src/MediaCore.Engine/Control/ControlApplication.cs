namespace MediaCore.Engine.Control;

/// <summary>What an application that calls are offered to may be called.</summary>
public static class ControlApplication
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "an application's name has 1 to 64 letters, digits, '.', '_' or '-'";

    /// <summary>The name that leads a call to the control plane that is asked (<see cref="Questions.IControlPlane"/>), where there is one, rather than to an application.</summary>
    public const string Policy = "policy";

    /// <summary>The application of the number service, and the controller that it is: a part of this server, whose place no client takes.</summary>
    public const string Numbers = "numbers";

    /// <summary>Whether a name is one.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= ControlLimits.MaxNameChars } && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
