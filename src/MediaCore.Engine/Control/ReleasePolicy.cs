namespace MediaCore.Engine.Control;

/// <summary>What becomes of a call whose controller lets it go, or was lost.</summary>
public enum ReleasePolicy
{
    /// <summary>Two who talk talk on, and a target that rings may answer; who has nobody to talk to goes on as with <see cref="NextStep"/>.</summary>
    Continue,

    /// <summary>Prompts end and what rings is given up; then the route that was named, or the rest of the plan that had led to the application. Two who talk talk on.</summary>
    NextStep,

    /// <summary>The call ends.</summary>
    HangUp,
}
