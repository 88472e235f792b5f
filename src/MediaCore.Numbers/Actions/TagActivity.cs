using MediaCore.Numbers.Calls;

namespace MediaCore.Numbers.Actions;

/// <summary>Notes words at the call's record.</summary>
internal sealed class TagActivity(TagAction action) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "tag";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        foreach (string word in action.Tags)
        {
            if (!Call.Tag(PromptMedia.Fill(word, Call.Variables)))
            {
                Trace($"no room for a tag: a call has {CallDirectorLimits.MaxTags}");
                break;
            }
        }

        Finish(new ActivityResult(ActivityOutcome.Completed));
    }
}
