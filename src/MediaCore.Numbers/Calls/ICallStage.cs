using MediaCore.Engine.Control;
using MediaCore.Numbers.Configuration;

namespace MediaCore.Numbers.Calls;

/// <summary>A call as its activities see it. Used on the call's own thread alone; activities use it by the methods of <see cref="CallActivity"/>.</summary>
public interface ICallStage
{
    /// <summary>What is known of the call.</summary>
    CallFacts Facts { get; }

    /// <summary>The tenant's configuration as it was when the call came: the call keeps it to its end.</summary>
    TenantConfiguration Configuration { get; }

    /// <summary>What all calls share.</summary>
    CallServices Services { get; }

    /// <summary>Now, by the service's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Whether the caller was answered: before that nothing can be played.</summary>
    bool IsAnswered { get; }

    /// <summary>Whether the caller is there still.</summary>
    bool IsAlive { get; }

    /// <summary>Whether another of our numbers has led the call here: then a refusal is that number's to act upon.</summary>
    bool IsLedOn { get; }

    /// <summary>Language of what is played, RFC 5646.</summary>
    string Language { get; set; }

    /// <summary>Variables of the call, which plans and menus set and read; at most <see cref="ControlLimits.MaxVariables"/>, the later ones are not taken.</summary>
    IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>The activities from the outermost to the innermost.</summary>
    IReadOnlyList<CallActivity> Activities { get; }

    /// <summary>Sets a variable; false where there is no room for it.</summary>
    bool SetVariable(string name, string value);

    /// <summary>A number that no other part of the call has: for the identifiers of calls that are made for it.</summary>
    int NextSuffix();

    /// <summary>Notes a word at the call's record; false where there is no room for it (<see cref="CallDirectorLimits.MaxTags"/>).</summary>
    bool Tag(string word);

    /// <summary>Notes what the call comes through, for its record.</summary>
    /// <param name="kind">One of <see cref="WaypointKinds"/>.</param>
    /// <param name="name">Which.</param>
    void Pass(string kind, string name);

    /// <summary>Whether the call is being recorded.</summary>
    bool IsRecorded { get; }

    /// <summary>Has the caller recorded from the answer on; nothing for one who was answered.</summary>
    void RecordOnceAnswered();

    /// <inheritdoc cref="CallActivity.Send"/>
    string Send(CallActivity from, CallCommand command);

    /// <inheritdoc cref="CallActivity.SetTimer"/>
    void SetTimer(CallActivity of, string name, TimeSpan due);

    /// <inheritdoc cref="CallActivity.CancelTimer"/>
    void CancelTimer(CallActivity of, string name);

    /// <inheritdoc cref="CallActivity.Run(CallActivity)"/>
    void Run(CallActivity parent, CallActivity child);

    /// <inheritdoc cref="CallActivity.Run(CallBeginning)"/>
    void Run(CallActivity parent, CallBeginning beginning);

    /// <inheritdoc cref="CallActivity.Finish"/>
    void Finish(CallActivity activity, ActivityResult result);

    /// <inheritdoc cref="CallActivity.OpenLine"/>
    ICallLine OpenLine(CallActivity to);

    /// <inheritdoc cref="CallActivity.Ask"/>
    void Ask<T>(CallActivity from, Func<CancellationToken, Task<T>> work, Action<Answer<T>> then);

    /// <summary>Notes a decision in the call's trace.</summary>
    /// <param name="kind">Which activity.</param>
    /// <param name="text">What and why.</param>
    void Trace(string kind, string text);
}
