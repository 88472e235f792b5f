using System.Globalization;
using MediaCore.Engine.CallRecords;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Calls;

/// <summary>
/// A call that the number service drives: its activities, one within the other, with what each of them waits for. Used by one worker at a time; <see cref="Post"/> alone is for all threads.
/// What an activity starts or ends takes place when it has returned, so no activity is called while it is in the middle of something.
/// </summary>
internal sealed class NumberCall : ICallStage
{
    /// <summary>Name of the one command that no activity has given; theirs begin with <c>n</c>.</summary>
    private const string RecordingCommand = "record";

    private readonly CallDirector _director;
    private readonly List<CallActivity> _activities = [];
    private readonly Queue<Action> _turns = [];
    private readonly Dictionary<string, OpenCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<(CallActivity Of, string Name), (ITimer Timer, long Setting)> _timers = [];
    private readonly CallNotes _notes = new();
    private readonly List<ScopedCall> _scopes = [];
    private readonly CancellationTokenSource _ended = new();
    private CallBeginning? _beginning;
    private ActivityResult? _result;
    private long _lastSetting;
    private int _lastCommand;
    private int _lastSuffix;
    private int _begun;
    private int _asks;
    private bool _isOver;
    private bool _recordsOnceAnswered;
    private int _keptChanges;

    internal NumberCall(CallDirector director, string callId, int worker)
    {
        _director = director;
        CallId = callId;
        Worker = worker;
    }

    /// <summary>The call.</summary>
    internal string CallId { get; }

    /// <summary>Who of the workers it belongs to.</summary>
    internal int Worker { get; }

    /// <summary>Set by whoever had no room for an input of it.</summary>
    internal bool IsBehind { get; set; }

    /// <inheritdoc/>
    public CallFacts Facts => _beginning!.Facts;

    /// <inheritdoc/>
    public TenantConfiguration Configuration => _beginning!.Configuration;

    /// <inheritdoc/>
    public CallServices Services => _director.Services;

    /// <inheritdoc/>
    public DateTimeOffset Now => _director.Services.Time.GetUtcNow();

    /// <inheritdoc/>
    public bool IsAnswered { get; private set; }

    /// <inheritdoc/>
    public bool IsAlive => !_isOver;

    /// <inheritdoc/>
    public bool IsLedOn => false;

    /// <inheritdoc/>
    public string Language { get => _notes.Language; set => _notes.Language = value; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Variables => _notes.Variables;

    /// <inheritdoc/>
    public IReadOnlyList<CallActivity> Activities => _activities;

    /// <summary>Posts an input from any thread; false when there is no room or the call is over.</summary>
    internal bool Post(CallActivity? to, object content) => _director.Post(new CallInput(this, to, content));

    /// <summary>Begins with what is done with the call, which is ours from now on.</summary>
    internal void Begin(CallBeginning beginning, bool isAnswered)
    {
        _beginning = beginning;
        IsAnswered = isAnswered;
        Language = beginning.Configuration.Tenant.Language;
        if (!Facts.IsMade)
        {
            Services.Load.Enter(Facts.Number);
        }

        RecordAlways(beginning);
        Push(beginning.Root, this);
        TakeTurns();
    }

    /// <summary>Takes an input.</summary>
    internal void Take(CallActivity? to, object content)
    {
        if (_isOver || _beginning is null)
        {
            return;
        }

        switch (content)
        {
            case CallEvent callEvent:
                TakeEvent(callEvent);
                break;
            case CommandRefusal refusal when _commands.Remove(refusal.Command.CommandId, out OpenCommand open) && _activities.Contains(open.By):
                open.By.TakeRefusal(refusal.Command, refusal.Reply);
                break;
            case TimerDue due when to is not null && _timers.TryGetValue((to, due.Name), out (ITimer Timer, long Setting) set) && set.Setting == due.Setting:
                _timers.Remove((to, due.Name));
                set.Timer.Dispose();
                to.TakeTimer(due.Name);
                break;
            case CommandRefusal or TimerDue:
                break;
            case RecordingRefused refused:
                Trace("record", $"not begun: {refused.Problem}");
                break;
            case CallGone:
                End(null);
                break;
            case AskDone done:
                _asks--;
                if (to is not null && _activities.Contains(to))
                {
                    done.Then();
                }

                break;
            default:
                if (to is not null && _activities.Contains(to))
                {
                    to.TakeMessage(content);
                }

                break;
        }

        TakeTurns();
    }

    /// <summary>The outermost activity has ended; what is left is the call's own end.</summary>
    internal void Conclude(ActivityResult result) => _result = result;

    /// <summary>Ends what is done with the call; the call itself may go on.</summary>
    /// <param name="record">Its record; null where it goes on.</param>
    internal void End(CallRecord? record)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        _turns.Clear();
        for (int i = _activities.Count - 1; i >= 0; i--)
        {
            try
            {
                _activities[i].Stop();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // What the others hold elsewhere has to be given back all the same, and the worker has other calls.
                _director.NoteFault(this, e);
            }
        }

        _activities.Clear();
        foreach ((ITimer timer, _) in _timers.Values)
        {
            timer.Dispose();
        }

        _timers.Clear();
        _commands.Clear();
        _ended.Cancel();
        _ended.Dispose();
        if (_beginning is null)
        {
            _director.Remove(this, null);
            return;
        }

        if (!Facts.IsMade)
        {
            Services.Load.Leave(Facts.Number);
        }

        foreach (ScopedCall scope in _scopes)
        {
            Services.Load.Leave(scope.Facts.Number);
            if (scope.Facts.TenantId != Facts.TenantId)
            {
                _director.Complete(new CompletedCall(scope.Facts, scope.Notes.Lines, scope.Notes.Variables, null, null) { Tags = scope.Notes.Tags, Path = scope.Notes.Path, Configuration = scope.Configuration.Version });
            }
        }

        _director.Remove(this, new CompletedCall(Facts, _notes.Lines, _notes.Variables, _result, record) { Tags = _notes.Tags, Path = _notes.Path, Configuration = Configuration.Version });
    }

    /// <inheritdoc/>
    public bool SetVariable(string name, string value) => _notes.SetVariable(name, value);

    /// <inheritdoc/>
    public int NextSuffix() => ++_lastSuffix;

    /// <inheritdoc/>
    public bool Tag(string word) => _notes.Tag(word);

    /// <inheritdoc/>
    public void Pass(string kind, string name) => _notes.Pass(Now, kind, name);

    /// <inheritdoc/>
    public bool IsRecorded { get; private set; }

    /// <inheritdoc/>
    public void RecordOnceAnswered() => _recordsOnceAnswered = !IsAnswered;

    /// <inheritdoc/>
    public string Send(CallActivity from, CallCommand command)
    {
        string id = "n" + (++_lastCommand).ToString(CultureInfo.InvariantCulture);
        CallCommand whole = command with { CommandId = id, CallId = command.CallId.Length == 0 ? CallId : command.CallId, Epoch = CallDirector.Epoch };
        if (_isOver)
        {
            return id;
        }

        if (whole is RecordStartCommand && IsRecorded && from.KeepsRecordings)
        {
            // Two recordings of one leg there cannot be: the call's ends where a message begins.
            Services.Control.Execute(new RecordStopCommand { CommandId = "record-end", CallId = CallId, Epoch = CallDirector.Epoch }, static _ => { });
        }

        _commands[id] = new OpenCommand(from);
        Services.Control.Execute(whole, reply =>
        {
            if (!reply.IsAccepted)
            {
                Post(null, new CommandRefusal(whole, reply));
            }
        });
        return id;
    }

    /// <inheritdoc/>
    public void SetTimer(CallActivity of, string name, TimeSpan due)
    {
        CancelTimer(of, name);
        if (_isOver || !_activities.Contains(of))
        {
            return;
        }

        var timer = new TimerDue(name, ++_lastSetting);
        _timers[(of, name)] = (Services.Time.CreateTimer(_ => Post(of, timer), null, due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan), timer.Setting);
    }

    /// <inheritdoc/>
    public void CancelTimer(CallActivity of, string name)
    {
        if (_timers.Remove((of, name), out (ITimer Timer, long Setting) set))
        {
            set.Timer.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Run(CallActivity parent, CallActivity child) => Run(parent, child, this);

    /// <inheritdoc/>
    public void Run(CallActivity parent, CallBeginning beginning) => Run(parent, beginning, this);

    /// <summary>Runs what another number begins with, led there from a stage.</summary>
    internal void Run(CallActivity parent, CallBeginning beginning, ICallStage from)
    {
        CallNotes notes = from is ScopedCall scope ? scope.Notes : _notes;
        if (beginning.Facts.TenantId != from.Facts.TenantId)
        {
            notes = new CallNotes { Language = beginning.Configuration.Tenant.Language };
        }

        var stage = new ScopedCall(this, beginning, notes);
        if (!_isOver)
        {
            _scopes.Add(stage);
            Services.Load.Enter(beginning.Facts.Number);
        }

        RecordAlways(beginning);
        Run(parent, beginning.Root, stage);
    }

    /// <summary>Runs an activity on a stage.</summary>
    internal void Run(CallActivity parent, CallActivity child, ICallStage stage)
    {
        if (_isOver)
        {
            return;
        }

        if (_activities.Count == 0 || _activities[^1] != parent)
        {
            throw new InvalidOperationException($"{parent.Kind} runs {child.Kind}, and is not the innermost activity.");
        }

        if (_activities.Count >= CallDirectorLimits.MaxDepth || _begun >= CallDirectorLimits.MaxActivities)
        {
            Trace(child.Kind, "not begun: the call has been led on too often");
            _turns.Enqueue(() => parent.TakeChildEnd(child, new ActivityResult(ActivityOutcome.Failed, "led on too often", 482, 25)));
            return;
        }

        Push(child, stage);
    }

    /// <inheritdoc/>
    public void Finish(CallActivity activity, ActivityResult result)
    {
        int index = _activities.IndexOf(activity);
        if (_isOver || index < 0)
        {
            return;
        }

        // Off the list first: what is stopped may finish, too, and nothing comes of it.
        List<CallActivity> ended = _activities[index..];
        _activities.RemoveRange(index, _activities.Count - index);
        for (int i = ended.Count - 1; i >= 0; i--)
        {
            CancelTimers(ended[i]);
            if (i > 0)
            {
                ended[i].Stop();
            }
        }

        if (index == 0)
        {
            _turns.Enqueue(() => _director.Conclude(this, result));
        }
        else
        {
            CallActivity parent = _activities[index - 1];
            _turns.Enqueue(() =>
            {
                if (_activities.Contains(parent))
                {
                    parent.TakeChildEnd(activity, result);
                }
            });
        }
    }

    /// <inheritdoc/>
    public ICallLine OpenLine(CallActivity to) => new CallLine(this, to);

    /// <inheritdoc/>
    public void Ask<T>(CallActivity from, Func<CancellationToken, Task<T>> work, Action<Answer<T>> then)
    {
        if (_isOver)
        {
            return;
        }

        if (_asks >= CallDirectorLimits.MaxAsks)
        {
            _turns.Enqueue(() => then(new Answer<T>(default, new InvalidOperationException($"The call has {CallDirectorLimits.MaxAsks} look-ups under way."))));
            return;
        }

        _asks++;
        _ = AskAsync(from, work, then, _ended.Token);
    }

    /// <inheritdoc/>
    public void Trace(string kind, string text) => _notes.Trace(Now, kind, text);

    private async Task AskAsync<T>(CallActivity from, Func<CancellationToken, Task<T>> work, Action<Answer<T>> then, CancellationToken ended)
    {
        Answer<T> answer;
        try
        {
            answer = new Answer<T>(await Task.Run(() => work(ended), ended).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            answer = new Answer<T>(default, e);
        }

        Post(from, new AskDone(() => then(answer)));
    }

    private void TakeEvent(CallEvent callEvent)
    {
        switch (callEvent)
        {
            case CallEnded ended:
                End(ended.Record);
                return;
            case ControlChanged { Controller: not CallDirector.Application }:
                Trace("call", "given to another controller");
                End(null);
                return;
            case LegChanged { IsInbound: true, Phase: LegPhase.Answered }:
            case DialEnded { Outcome: CommandOutcome.Completed }:
                IsAnswered = true;
                break;
            case RecordingChanged { Stage: RecordingStage.Started } recording when !_activities.Exists(static activity => activity.KeepsRecordings):
                IsRecorded = true;
                Services.Recordings?.Begin(Facts, recording.Recording);
                break;
            case RecordingChanged { Stage: RecordingStage.Stopped }:
                IsRecorded = false;
                break;
            case CommandEnded { CommandId: RecordingCommand, Outcome: not CommandOutcome.Completed } failed:
                Trace("record", $"ended: {failed.Problem}");
                break;
            default:
                break;
        }

        StartRecording(callEvent);
        if (callEvent is CommandEnded done)
        {
            if (_commands.Remove(done.CommandId, out OpenCommand open) && _activities.Contains(open.By))
            {
                open.By.Take(callEvent);
            }
        }
        else if (_activities.Count > 0)
        {
            _activities[^1].Take(callEvent);
        }
    }

    // Once there is sound: with the caller's ACK, which ends an answer, or with the party that a dial has found.
    private void StartRecording(CallEvent callEvent)
    {
        if (!_recordsOnceAnswered || !IsAnswered || callEvent is not CommandEnded { Outcome: CommandOutcome.Completed })
        {
            return;
        }

        StartRecording();
    }

    /// <summary>Of a number or tenant whose calls are all recorded.</summary>
    private void RecordAlways(CallBeginning beginning)
    {
        if (!beginning.Facts.IsRecorded || _isOver || IsRecorded)
        {
            return;
        }

        if (IsAnswered)
        {
            StartRecording();
        }
        else
        {
            _recordsOnceAnswered = true;
        }
    }

    private void StartRecording()
    {
        _recordsOnceAnswered = false;
        Services.Control.Execute(new RecordStartCommand { CommandId = RecordingCommand, CallId = CallId, Epoch = CallDirector.Epoch }, reply =>
        {
            if (!reply.IsAccepted)
            {
                Post(null, new RecordingRefused(reply.Problem));
            }
        });
    }

    private void Push(CallActivity activity, ICallStage stage)
    {
        _begun++;
        _activities.Add(activity);
        _turns.Enqueue(() =>
        {
            if (_activities.Contains(activity))
            {
                activity.Begin(stage);
            }
        });
    }

    private void TakeTurns()
    {
        while (!_isOver && _turns.TryDequeue(out Action? turn))
        {
            turn();
        }

        KeepDecisions();
    }

    /// <summary>Has what was decided kept, for the case that the server is killed before the call ends.</summary>
    private void KeepDecisions()
    {
        if (_isOver || Services.Begun is not { } begun || Changes == _keptChanges)
        {
            return;
        }

        _keptChanges = Changes;
        begun.Note(_notes.Copy(Facts, Configuration.Version));
        foreach (ScopedCall scope in _scopes.Where(scope => scope.Facts.TenantId != Facts.TenantId))
        {
            begun.Note(scope.Notes.Copy(scope.Facts, scope.Configuration.Version));
        }
    }

    private int Changes => _notes.Changes + _scopes.Sum(static scope => scope.Notes.Changes);

    private void CancelTimers(CallActivity of)
    {
        foreach ((CallActivity Of, string Name) key in _timers.Keys.Where(key => key.Of == of).ToArray())
        {
            CancelTimer(of, key.Name);
        }
    }

    /// <summary>What an <see cref="Ask"/> goes on with.</summary>
    private sealed record AskDone(Action Then);

    private readonly record struct OpenCommand(CallActivity By);

    private sealed record RecordingRefused(string Problem);
}
