using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Sets variables. One of the name <c>language</c> is also the language of what is played from here on.</summary>
internal sealed class SetActivity(SetAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "set";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        foreach ((string name, string text) in action.Variables)
        {
            string value = PromptMedia.Fill(text, Call.Variables);
            if (!Call.SetVariable(name, value))
            {
                Trace($"no room for variable {name}");
            }
            else if (name == "language" && value.Length > 0)
            {
                Call.Language = value;
            }
        }

        Finish(new ActivityResult(ActivityOutcome.Completed));
    }
}
