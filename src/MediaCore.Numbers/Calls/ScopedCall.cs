using MediaCore.Engine.Control;
using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Calls;

/// <summary>
/// A call as the activities of another number see it that it was led to: with that number's facts and its tenant's configuration. Within one tenant variables, language, tags and trace are the call's; a number of another tenant has its own,
/// since neither is to see the other's.
/// </summary>
internal sealed class ScopedCall : ICallStage
{
    private readonly NumberCall _call;
    private readonly CallBeginning _beginning;
    private readonly CallNotes _notes;

    /// <param name="call">The call.</param>
    /// <param name="beginning">What the number begins with.</param>
    /// <param name="notes">The notes of whom the call comes from, where that is the same tenant; else new ones.</param>
    internal ScopedCall(NumberCall call, CallBeginning beginning, CallNotes notes) => (_call, _beginning, _notes) = (call, beginning, notes);

    /// <inheritdoc/>
    public CallFacts Facts => _beginning.Facts;

    /// <inheritdoc/>
    public TenantConfiguration Configuration => _beginning.Configuration;

    /// <inheritdoc/>
    public CallServices Services => _call.Services;

    /// <inheritdoc/>
    public DateTimeOffset Now => _call.Now;

    /// <inheritdoc/>
    public bool IsAnswered => _call.IsAnswered;

    /// <inheritdoc/>
    public bool IsAlive => _call.IsAlive;

    /// <inheritdoc/>
    public bool IsLedOn => true;

    /// <inheritdoc/>
    public string Language { get => _notes.Language; set => _notes.Language = value; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Variables => _notes.Variables;

    /// <inheritdoc/>
    public IReadOnlyList<CallActivity> Activities => _call.Activities;

    /// <summary>What was noted here.</summary>
    internal CallNotes Notes => _notes;

    /// <inheritdoc/>
    public bool SetVariable(string name, string value) => _notes.SetVariable(name, value);

    /// <inheritdoc/>
    public int NextSuffix() => _call.NextSuffix();

    /// <inheritdoc/>
    public bool Tag(string word) => _notes.Tag(word);

    /// <inheritdoc/>
    public void Pass(string kind, string name) => _notes.Pass(Now, kind, name);

    /// <inheritdoc/>
    public bool IsRecorded => _call.IsRecorded;

    /// <inheritdoc/>
    public void RecordOnceAnswered() => _call.RecordOnceAnswered();

    /// <inheritdoc/>
    public string Send(CallActivity from, CallCommand command) => _call.Send(from, command);

    /// <inheritdoc/>
    public void SetTimer(CallActivity of, string name, TimeSpan due) => _call.SetTimer(of, name, due);

    /// <inheritdoc/>
    public void CancelTimer(CallActivity of, string name) => _call.CancelTimer(of, name);

    /// <inheritdoc/>
    public void Run(CallActivity parent, CallActivity child) => _call.Run(parent, child, this);

    /// <inheritdoc/>
    public void Run(CallActivity parent, CallBeginning beginning) => _call.Run(parent, beginning, this);

    /// <inheritdoc/>
    public void Finish(CallActivity activity, ActivityResult result) => _call.Finish(activity, result);

    /// <inheritdoc/>
    public ICallLine OpenLine(CallActivity to) => _call.OpenLine(to);

    /// <inheritdoc/>
    public void Ask<T>(CallActivity from, Func<CancellationToken, Task<T>> work, Action<Answer<T>> then) => _call.Ask(from, work, then);

    /// <inheritdoc/>
    public void Trace(string kind, string text) => _notes.Trace(Now, kind, text);
}
