using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Dialling;

/// <summary>Rings a person whose extension was dialled; who does not answer has his box take a message, where he has one.</summary>
internal sealed class ExtensionActivity(User person) : CallActivity
{
    private bool _hasRung;

    /// <inheritdoc/>
    public override string Kind => "extension";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Trace($"extension of {person.Name}");
        Run(ActivityCatalog.Make(new RingAction { Targets = [new RingTarget { User = person.Name }] }));
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        bool isUnanswered = result.Outcome is ActivityOutcome.Busy or ActivityOutcome.NoAnswer or ActivityOutcome.Unreachable or ActivityOutcome.Rejected;
        if (_hasRung || !isUnanswered || Call.Services.Voicemail is null || Call.Configuration.Boxes.Values.FirstOrDefault(box => box.UserId == person.Id) is not { } box)
        {
            Finish(result);
            return;
        }

        _hasRung = true;
        Run(ActivityCatalog.Make(new VoicemailAction { Box = box.Box, Greeting = result.Outcome == ActivityOutcome.Busy ? GreetingReason.Busy : GreetingReason.Unavailable }, result.Outcome));
    }
}
