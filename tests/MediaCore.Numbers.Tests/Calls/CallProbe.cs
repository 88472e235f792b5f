using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Configuration;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Tests.Databases;

namespace MediaCore.Numbers.Tests.Calls;

/// <summary>
/// A call that an activity drives, with the test in the engine's place: it reads the commands and tells what has become of them. One thread, a clock that is moved by hand. The outermost activity is <see cref="Outermost"/>,
/// which runs the one under test and keeps its result.
/// </summary>
internal sealed class CallProbe : IAsyncDisposable
{
    public const string CallId = "0-probe";

    private readonly CallDirector _director;
    private readonly Outermost _root;
    private int _read;
    private long _sequence;

    private CallProbe(CallActivity activity, CallFacts? facts, TenantConfiguration? configuration, bool isAnswered, TestClock? time, Func<CallServices, CallServices>? services, Func<CallCommand, CommandReply?>? refusal, Action<CompletedCall>? completed)
    {
        Control.Refusal = refusal;
        Time = time ?? new TestClock();
        _root = new Outermost(activity);
        var shared = new CallServices { Time = Time, Control = Control };
        facts ??= new CallFacts { CallId = CallId, TenantId = Guid.Empty, Number = "+12025550100", Caller = "+12025550199", Called = "+12025550100", At = Time.GetUtcNow() };
        configuration ??= new TenantConfiguration { Tenant = new Tenant { Name = "test" } };
        _director = new CallDirector(services?.Invoke(shared) ?? shared, new Beginnings(new CallBeginning(facts, configuration, _root)), ended =>
        {
            completed?.Invoke(ended);
            Completed = ended.Facts.CallId == CallId ? ended : Completed;
        }, loggers: null, workers: 1, isPumped: true);
        _director.Publish(new CallOffered { CallId = CallId, Sequence = ++_sequence, Application = CallDirector.Application, IsAnswered = isAnswered });
        Pump();
        Expect<ClaimCommand>();
    }

    public TestClock Time { get; }

    public RecordedControl Control { get; } = new();

    /// <summary>What the activity ended with; null while it goes on.</summary>
    public ActivityResult? Result => _root.Result;

    /// <summary>The call as it ended; null while it goes on.</summary>
    public CompletedCall? Completed { get; private set; }

    /// <summary>The call.</summary>
    public ICallStage Stage => _root.Stage;

    public static CallProbe Start(
        CallActivity activity, CallFacts? facts = null, TenantConfiguration? configuration = null, bool isAnswered = false, TestClock? time = null, Func<CallServices, CallServices>? services = null,
        Func<CallCommand, CommandReply?>? refusal = null, Action<CompletedCall>? completed = null)
        => new(activity, facts, configuration, isAnswered, time, services, refusal, completed);

    /// <summary>The next command, which must be of this kind.</summary>
    public T Expect<T>()
        where T : CallCommand
    {
        Pump();
        IReadOnlyList<CallCommand> commands = Control.Commands;
        Assert.True(_read < commands.Count, $"No {typeof(T).Name} came; the trace says: {TraceText}");
        return Assert.IsType<T>(commands[_read++]);
    }

    /// <summary>The next command, whatever it is; null for none.</summary>
    public CallCommand? Next()
    {
        Pump();
        IReadOnlyList<CallCommand> commands = Control.Commands;
        return _read < commands.Count ? commands[_read++] : null;
    }

    /// <summary>No further command has come.</summary>
    public void ExpectNothing()
    {
        Pump();
        Assert.Empty(Control.Commands.Skip(_read));
    }

    /// <summary>Calls of the director now.</summary>
    public int ActiveCalls => _director.ActiveCalls;

    /// <summary>How many calls each number has.</summary>
    public NumberLoad Load => _director.Services.Load;

    /// <summary>Tells of an event of the call, or of another that an activity has made.</summary>
    public void Tell(CallEvent callEvent, string callId = CallId)
    {
        _director.Publish(callEvent with { CallId = callId, Sequence = ++_sequence, At = Time.GetUtcNow() });
        Pump();
    }

    /// <summary>Tells that a command is done.</summary>
    public void Complete(CallCommand command, CommandOutcome outcome = CommandOutcome.Completed) => Tell(new CommandEnded { CommandId = command.CommandId, Outcome = outcome });

    /// <summary>Tells that a playback is over.</summary>
    public void CompletePlay(CallCommand command, CommandOutcome outcome = CommandOutcome.Completed) => Tell(new PlaybackEnded { CommandId = command.CommandId, Outcome = outcome });

    /// <summary>Tells what became of a dial.</summary>
    public void CompleteDial(CallCommand command, int sipStatus = 200, int cause = 0)
        => Tell(new DialEnded { CommandId = command.CommandId, LegId = sipStatus == 200 ? CallId + "-1" : null, Outcome = sipStatus == 200 ? CommandOutcome.Completed : CommandOutcome.Failed, SipStatus = sipStatus, Q850Cause = cause });

    /// <summary>Tells what was typed.</summary>
    public void CompleteGather(CallCommand command, string digits, GatherEnd reason)
        => Tell(new GatherEnded { CommandId = command.CommandId, Digits = digits, Reason = reason });

    /// <summary>Moves the clock, timer by timer.</summary>
    public void Advance(TimeSpan by)
    {
        Time.Advance(by, Pump);
        Pump();
    }

    /// <summary>Takes what waits.</summary>
    public void Pump() => _director.Pump();

    /// <summary>Pumps until something that happens on other threads (a look-up) has come.</summary>
    public async Task PumpUntilAsync(Func<bool> isThere)
    {
        for (long began = Environment.TickCount64; !isThere(); await Task.Yield())
        {
            Assert.True(Environment.TickCount64 - began < 60_000, $"It did not come; the trace says: {TraceText}");
            Pump();
        }
    }

    public ValueTask DisposeAsync() => _director.DisposeAsync();

    private string TraceText => string.Join("; ", Completed?.Trace.Select(static line => line.Text) ?? []);

    private sealed class Beginnings(CallBeginning beginning) : ICallBeginnings
    {
        public CallBeginning? Begin(CallOffered offer) => beginning;
    }

    private sealed class Outermost(CallActivity inner) : CallActivity
    {
        public ActivityResult? Result { get; private set; }

        public ICallStage Stage => Call;

        public override string Kind => "test";

        protected override void OnStart() => Run(inner);

        protected override void OnChildEnded(CallActivity child, ActivityResult result)
        {
            Result = result;
            Finish(result);
        }
    }
}
