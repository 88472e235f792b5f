using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Dialling;

/// <summary>Does what somebody has dialled a code for, and says so.</summary>
/// <param name="code">The code.</param>
/// <param name="person">Who has dialled it.</param>
/// <param name="number">What was dialled behind it.</param>
internal sealed class FeatureActivity(FeatureCode code, User person, string number) : CallActivity
{
    /// <inheritdoc/>
    public override string Kind => "feature";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        Trace($"{code} by {person.Name}");
        switch (code)
        {
            case FeatureCode.OwnMailbox:
                // Without a box of his own he is asked for one.
                Run(ActivityCatalog.Make(new BoxMenuAction { Box = Call.Configuration.Boxes.Values.FirstOrDefault(box => box.UserId == person.Id)?.Box }));
                break;
            case FeatureCode.Mailbox:
                Run(ActivityCatalog.Make(new BoxMenuAction()));
                break;
            case FeatureCode.ForwardOn when ReadNumber(number) is not { } to:
                Say(FeatureText.NoNumber);
                break;
            default:
                Change();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result) => Finish(result);

    private void Change()
    {
        if (Call.Services.People is not { } people)
        {
            Say(FeatureText.Failed);
            return;
        }

        Guid tenant = Call.Facts.TenantId;
        string? to = ReadNumber(number);
        Ask(
            cancellation => people.ChangeAsync(tenant, person.Id, code.ToString(), row =>
            {
                switch (code)
                {
                    case FeatureCode.DoNotDisturbOn or FeatureCode.DoNotDisturbOff:
                        row.DoNotDisturb = code == FeatureCode.DoNotDisturbOn;
                        break;
                    default:
                        row.ForwardTo = code == FeatureCode.ForwardOn ? to : null;
                        break;
                }
            }, cancellation),
            done => Say(done is { IsGiven: true, Value: true }
                ? code switch
                {
                    FeatureCode.DoNotDisturbOn => FeatureText.DoNotDisturbOn,
                    FeatureCode.DoNotDisturbOff => FeatureText.DoNotDisturbOff,
                    FeatureCode.ForwardOn => FeatureText.ForwardOn,
                    _ => FeatureText.ForwardOff,
                }
                : FeatureText.Failed));
    }

    private void Say(FeatureText text)
    {
        Trace(text.ToString());
        Run(ActivityCatalog.Make(new AnnounceAction { Prompt = new PromptChoice { Text = FeatureTexts.Of(text, Call.Language) } }));
    }

    /// <summary>A number as it is dialled from abroad or from home, E.164; null for none.</summary>
    private static string? ReadNumber(string dialled)
    {
        string written = dialled.StartsWith("00", StringComparison.Ordinal) ? "+" + dialled[2..] : dialled.StartsWith('+') ? dialled : "+" + dialled;

        // Shorter ones are extensions, which are nobody's outside.
        return written.Length > InventoryLimits.MaxExtensionDigits + 1 && InventoryRules.CheckE164(written) is null ? written : null;
    }
}
