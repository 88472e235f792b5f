using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Events;

namespace MediaCore.Numbers.Calls;

/// <summary>
/// One thing that is done with a call: ringing somebody, a menu, waiting in a queue, taking a message. A state machine over the call's events: it gets inputs one after the other, on one thread at a time, and answers with commands, timers and,
/// in the end, exactly one <see cref="Finish"/>. It waits for nothing itself; the clock is <see cref="Now"/>. One that needs another runs it (<see cref="Run(CallActivity)"/>) and hears of its end.
/// <list type="bullet">
/// <item>Events of the call go to the innermost activity; the end of a command and its refusal go to the activity that gave it, timers to the one that set them, messages to the one whose line they were posted on.</item>
/// <item>When the call is over each activity gets <see cref="OnStopped"/>, the innermost first, and nothing after it: there it gives back what it holds elsewhere.</item>
/// </list>
/// </summary>
public abstract class CallActivity
{
    private ICallStage? _stage;

    /// <summary>The call.</summary>
    protected ICallStage Call => _stage ?? throw new InvalidOperationException("The activity has not begun.");

    /// <summary>Now, by the service's clock.</summary>
    protected DateTimeOffset Now => Call.Now;

    /// <summary>Name of the activity in traces and metrics: one word in lower case, from a closed set.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether what is recorded while it lasts is its own (a message, a greeting), and not the call's recording. A recording of the call ends before it records.</summary>
    internal virtual bool KeepsRecordings => false;

    /// <summary>It begins. May finish at once.</summary>
    protected abstract void OnStart();

    /// <summary>Something has happened to the call, or a command of this activity has ended (<see cref="CommandEnded"/> and what is derived from it).</summary>
    protected virtual void OnEvent(CallEvent callEvent)
    {
    }

    /// <summary>A command of this activity was not taken. Unless overridden the activity ends as failed: nothing else would come of it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="reply">Why not.</param>
    protected virtual void OnRefused(CallCommand command, CommandReply reply)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(reply);
        Finish(new ActivityResult(reply.Status == CommandStatus.NotFound ? ActivityOutcome.HungUp : ActivityOutcome.Failed, $"{command.GetType().Name}: {reply.Problem}"));
    }

    /// <summary>A timer is due.</summary>
    /// <param name="name">Which.</param>
    protected virtual void OnTimer(string name)
    {
    }

    /// <summary>Something was posted on this activity's line (<see cref="OpenLine"/>).</summary>
    protected virtual void OnMessage(object message)
    {
    }

    /// <summary>An activity that this one had run is over; this one is the innermost again.</summary>
    protected virtual void OnChildEnded(CallActivity child, ActivityResult result)
    {
    }

    /// <summary>The call is over, or is no longer ours. Commands and timers have no effect any more.</summary>
    protected virtual void OnStopped()
    {
    }

    /// <summary>Has a command carried out; its end comes as <see cref="CommandEnded"/> with the identifier that is returned, or <see cref="OnRefused"/> says why not.</summary>
    /// <param name="command">The command. Its identifier and epoch are given here, its call as well unless it names another.</param>
    /// <returns>The command's identifier.</returns>
    protected string Send(CallCommand command) => Call.Send(this, command);

    /// <summary>Sets a timer of this activity, in place of the one of that name. Its timers end with it.</summary>
    protected void SetTimer(string name, TimeSpan due) => Call.SetTimer(this, name, due);

    /// <summary>Takes a timer away; nothing where there is none.</summary>
    protected void CancelTimer(string name) => Call.CancelTimer(this, name);

    /// <summary>Runs another activity within this one, which must be the innermost.</summary>
    protected void Run(CallActivity child) => Call.Run(this, child);

    /// <summary>Runs what another number begins with within this one, which must be the innermost: with that number's facts and configuration.</summary>
    protected void Run(CallBeginning beginning) => Call.Run(this, beginning);

    /// <summary>This activity is over. It gets no further input; what it ran is stopped.</summary>
    protected void Finish(ActivityResult result) => Call.Finish(this, result);

    /// <summary>A line on which others may post messages to this activity, from any thread. What is posted after its end goes nowhere.</summary>
    protected ICallLine OpenLine() => Call.OpenLine(this);

    /// <summary>Does what takes time (a database, a web server) elsewhere, and goes on here with what came of it. Not called when the activity is over by then.</summary>
    /// <param name="work">What is done; gets a token that is cancelled with the activity. Its time limit is its own.</param>
    /// <param name="then">Goes on, on the call's thread.</param>
    protected void Ask<T>(Func<CancellationToken, Task<T>> work, Action<Answer<T>> then) => Call.Ask(this, work, then);

    /// <summary>Notes a decision in the call's trace.</summary>
    /// <param name="text">What was decided and why, in plain words; no numbers of callers and no secret digits.</param>
    protected void Trace(string text) => Call.Trace(Kind, text);

    internal void Begin(ICallStage stage)
    {
        _stage = stage;
        OnStart();
    }

    internal void Take(CallEvent callEvent) => OnEvent(callEvent);

    internal void TakeRefusal(CallCommand command, CommandReply reply) => OnRefused(command, reply);

    internal void TakeTimer(string name) => OnTimer(name);

    internal void TakeMessage(object message) => OnMessage(message);

    internal void TakeChildEnd(CallActivity child, ActivityResult result) => OnChildEnded(child, result);

    internal void Stop() => OnStopped();
}
