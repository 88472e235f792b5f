using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Menus;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Queues;
using MediaCore.Numbers.Voicemail;

namespace MediaCore.Numbers.Actions;

/// <summary>Makes the activity that carries an action out: the one place where documents meet what the service can do.</summary>
public static class ActivityCatalog
{
    /// <summary>The activity of an action.</summary>
    /// <param name="action">The action.</param>
    /// <param name="after">What ended before it and has led here: a forward tells it as the reason of the diversion. Null where nothing did.</param>
    public static CallActivity Make(CallAction action, ActivityOutcome? after = null) => action switch
    {
        RingAction ring => new RingActivity(ring),
        ForwardAction forward => new ForwardActivity(forward, after),
        AnnounceAction announce => new AnnounceActivity(announce),
        RejectAction reject => new RejectActivity(reject),
        RedirectAction redirect => new RedirectActivity(redirect),
        HangupAction hangup => new HangupActivity(hangup),
        VoicemailAction voicemail => new VoicemailActivity(voicemail),
        BoxMenuAction menu => new BoxMenuActivity(menu),
        PlanAction plan => new PlanActivity(plan.Plan),
        ControlAction control => new ControlActivity(control),
        SetAction set => new SetActivity(set),
        TagAction tag => new TagActivity(tag),
        NotifyAction notify => new NotifyActivity(notify),
        RecordAction record => new RecordActivity(record),
        MenuAction menu => new MenuActivity(menu.Menu),
        QueueAction queue => new QueueActivity(queue),
        _ => new UnservedActivity(action),
    };
}
