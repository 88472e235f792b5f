using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Prompts;
using MediaCore.Numbers.Actions;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Schedules;

namespace MediaCore.Numbers.Menus;

/// <summary>
/// Leads a caller through a menu. It stands at one node at a time and waits there for one thing (<see cref="Phase"/>); nodes that wait for nothing are gone through at once. The caller is answered when a node has something to say, not before.
/// Ends as the action that was chosen, or as the exit says that ends it.
/// </summary>
/// <param name="menu">The menu's name.</param>
internal sealed partial class MenuActivity(string menu) : CallActivity
{
    private const string LookupTimer = "lookup";
    private const string FillerTimer = "filler";

    private MenuDocument? _document;
    private MenuNode? _node;
    private Phase _phase;
    private string _command = "";
    private bool _isAnswered;
    private bool _isBarged;
    private int _steps;
    private int _silentSteps;

    /// <summary>What it waits for.</summary>
    private enum Phase
    {
        /// <summary>Nothing: it is over, or in the middle of an input.</summary>
        None,

        /// <summary>The caller's ACK.</summary>
        Answering,

        /// <summary>The end of a playback.</summary>
        Playing,

        /// <summary>Digits.</summary>
        Gathering,

        /// <summary>The key of one of several people.</summary>
        Choosing,

        /// <summary>A web server's answer.</summary>
        Looking,

        /// <summary>The end of another activity.</summary>
        Acting,
    }

    /// <inheritdoc/>
    public override string Kind => "menu";

    /// <inheritdoc/>
    protected override void OnStart()
    {
        if (!Call.Configuration.Menus.TryGetValue(menu, out PublishedDocument? published))
        {
            Fail($"there is no menu \"{menu}\" in force");
            return;
        }

        _document = MenuDocument.Of(published);
        Call.Pass(WaypointKinds.Menu, $"{menu}@{published.Revision.Number}");
        Trace($"\"{menu}\", revision {published.Revision.Number}");
        if (_document.Language is { } language)
        {
            Call.Language = language;
        }

        Go(new MenuExit(_document.Start, null, null));
    }

    /// <inheritdoc/>
    protected override void OnEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case DigitReceived when _phase == Phase.Playing && _node is PlayNode { BargeIn: true } && !_isBarged:
                _isBarged = true;
                Send(new StopPlaybackCommand { CommandId = "", Playback = _command });
                break;
            case CommandEnded { Outcome: CommandOutcome.HungUp } over when over.CommandId == _command:
                _phase = Phase.None;
                Finish(new ActivityResult(ActivityOutcome.HungUp));
                break;
            case CommandEnded ended when ended.CommandId == _command:
                TakeEnd(ended);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnRefused(CallCommand command, CommandReply reply)
    {
        if (command.CommandId != _command)
        {
            // A filler that is not heard, or a playback that was over before it could be stopped.
            Trace($"{_node?.Name}: {command.GetType().Name}: {reply.Problem}");
        }
        else if (reply.Status == CommandStatus.InvalidArgument && command is GatherCommand { Prompt.Count: > 0 } gather)
        {
            Trace($"{_node?.Name}: asked without its prompt: {reply.Problem}");
            _command = Send(gather with { CommandId = "", Prompt = [] });
        }
        else if (reply.Status == CommandStatus.InvalidArgument && command is PlayCommand && _node is PlayNode play)
        {
            Trace($"{play.Name}: not played: {reply.Problem}");
            Go(play.Next);
        }
        else
        {
            base.OnRefused(command, reply);
        }
    }

    /// <inheritdoc/>
    protected override void OnTimer(string name)
    {
        if (_phase == Phase.Looking)
        {
            TakeLookupTimer(name);
        }
    }

    /// <inheritdoc/>
    protected override void OnChildEnded(CallActivity child, ActivityResult result)
    {
        _phase = Phase.None;
        Trace($"{_node!.Name}: {child.Kind} ended: {result.Outcome}");
        if (result.Outcome == ActivityOutcome.HungUp)
        {
            Finish(result);
        }
        else if (_node.Outcomes.TryGetValue(result.Outcome, out MenuExit? exit) || (exit = (_node as SubMenuNode)?.Next) is not null)
        {
            Go(exit);
        }
        else
        {
            Finish(result);
        }
    }

    private void TakeEnd(CommandEnded ended)
    {
        switch (_phase)
        {
            case Phase.Answering when ended.Outcome == CommandOutcome.Completed:
                _isAnswered = true;
                Go(Begin(_node!));
                break;
            case Phase.Answering:
                Fail($"the caller could not be answered: {ended.Problem}");
                break;
            case Phase.Playing:
                if (ended.Outcome == CommandOutcome.Failed)
                {
                    Trace($"{_node!.Name}: not played: {ended.Problem}");
                }

                Go(((PlayNode)_node!).Next);
                break;
            case Phase.Gathering or Phase.Choosing when ended.Outcome == CommandOutcome.Failed:
                Fail($"no digits could be taken: {ended.Problem}");
                break;
            case Phase.Gathering when ended is GatherEnded gathered:
                Go(TakeDigits(gathered));
                break;
            case Phase.Choosing when ended is GatherEnded gathered:
                Go(TakeChoice(gathered));
                break;
            default:
                break;
        }
    }

    /// <summary>Goes on until something has to be waited for; nothing where it is waited for already.</summary>
    private void Go(MenuExit? exit)
    {
        while (exit is not null)
        {
            _phase = Phase.None;
            if (exit.End is { } outcome)
            {
                Finish(new ActivityResult(outcome));
                return;
            }

            if (exit.Action is { } action)
            {
                Act(action);
                return;
            }

            if (!_document!.Nodes.TryGetValue(exit.Node!, out _node))
            {
                Fail($"there is no node \"{exit.Node}\"");
                return;
            }

            if (++_steps > MenuLimits.MaxSteps || ++_silentSteps > MenuLimits.MaxSilentSteps)
            {
                Fail($"\"{menu}\" goes round and round");
                return;
            }

            Call.Pass(WaypointKinds.Node, _node.Name);
            Trace($"node {_node.Name}");
            if (_node.Language is { } language)
            {
                Call.Language = language;
            }

            if (_node is PlayNode or AskNode or LookupNode { Filler.Count: > 0 } && !(_isAnswered |= Call.IsAnswered))
            {
                _phase = Phase.Answering;
                _command = Send(new AnswerCommand { CommandId = "" });
                return;
            }

            exit = Begin(_node);
        }
    }

    /// <summary>Begins with a node: where it goes on at once; null where it waits for something, or is over.</summary>
    private MenuExit? Begin(MenuNode node)
    {
        switch (node)
        {
            case PlayNode play:
                return Play(play);
            case AskNode ask:
                _timeouts = _invalid = 0;
                return AskFor(ask, []);
            case SwitchNode choice:
                string? value = GetValue(choice.Variable);
                return value is not null && choice.Cases.TryGetValue(value, out MenuExit? one) ? one : choice.Default;
            case ScheduleNode schedule:
                return Look(schedule);
            case SetNode set:
                foreach ((string name, string text) in set.Variables)
                {
                    Keep(name, PromptMedia.Fill(text, GetValues(withSecrets: false)));
                }

                return set.Next;
            case LookupNode lookup:
                return Look(lookup);
            case SubMenuNode sub:
                Begin(new MenuActivity(sub.Menu));
                return null;
            case ActionNode act:
                Act(act.Action);
                return null;
            default:
                throw new InvalidOperationException($"Nothing is done at a {node.GetType().Name}.");
        }
    }

    private MenuExit? Play(PlayNode node)
    {
        List<PlayMedia> media = Find(node.Prompt);
        if (media.Count == 0)
        {
            return node.Next;
        }

        _silentSteps = 0;
        _isBarged = false;
        _phase = Phase.Playing;
        _command = Send(new PlayCommand { CommandId = "", Media = media });
        return null;
    }

    private MenuExit Look(ScheduleNode node)
    {
        if (!Call.Configuration.Schedules.TryGetValue(node.Schedule, out Model.Schedule? schedule))
        {
            Trace($"{node.Name}: there is no schedule \"{node.Schedule}\", so it is closed");
            return node.Closed;
        }

        ScheduleState state = ScheduleEvaluator.Evaluate(schedule, Now);
        Trace($"{node.Name}: \"{node.Schedule}\" is {(state.IsOpen ? "open" : "closed")} by {state.Reason.ToString().ToLowerInvariant()} {state.Name}".TrimEnd());
        return state.IsOpen ? node.Open : node.Closed;
    }

    private void Act(CallAction action) => Begin(ActivityCatalog.Make(action));

    private void Begin(CallActivity activity)
    {
        _phase = Phase.Acting;
        _command = "";
        Run(activity);
    }

    private void Fail(string why)
    {
        _phase = Phase.None;
        Trace(why);
        Finish(new ActivityResult(ActivityOutcome.Failed, why));
    }

    /// <summary>What is played; what is not there is left out and noted.</summary>
    private List<PlayMedia> Find(IEnumerable<PromptChoice> prompts)
    {
        List<PlayMedia> media = [];
        foreach (PromptChoice prompt in prompts)
        {
            switch (PromptMedia.Find(prompt, Call))
            {
                case null:
                    Trace($"{_node!.Name}: the prompt {prompt.Prompt} is not there");
                    break;
                case TextMedia text when string.IsNullOrWhiteSpace(text.Text):
                    break;
                case TextMedia { Text.Length: > PromptLimits.MaxTextCharacters } text:
                    media.Add(text with { Text = text.Text[..PromptLimits.MaxTextCharacters] });
                    break;
                case var found:
                    media.Add(found);
                    break;
            }
        }

        return media;
    }
}
