using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Offers the call to an application of a control plane, and has no more to do with it; where nobody claims it, it goes on with what its number has after this service.</summary>
internal sealed class ControlActivity(ControlAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "control";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Trace($"offered to \"{action.Application}\"");
        Send(new ReleaseCommand { CommandId = "", Policy = ReleasePolicy.NextStep, Application = action.Application });
    }
}
