using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>An action that this server cannot do: ends as failed, and what comes next in the document is done.</summary>
internal sealed class UnservedActivity(CallAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "unserved";

    /// <inheritdoc/>
    protected override void OnStart() => Finish(new ActivityResult(ActivityOutcome.Failed, $"{action.GetType().Name} is nothing that this server does"));
}
