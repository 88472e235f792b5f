using MediaCore.LoadTests.Calls;
using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak.Chaos;

/// <summary>One kind of trouble that a soak makes for the server, again and again. What the soak checks has to hold all the same.</summary>
internal interface IDisturbance : IAsyncDisposable
{
    /// <summary>As <c>--chaos</c> has it.</summary>
    string Name { get; }

    /// <summary>How many descriptors the server may rightly have open after it that it had not before.</summary>
    int SpareDescriptors => 0;

    /// <summary>Before the server starts: what it needs in its configuration and environment. Throws <see cref="CannotMeasureException"/> with what to do when this machine cannot make this trouble.</summary>
    Task PrepareAsync(Dictionary<string, object> configuration, Dictionary<string, string> environment);

    /// <summary>The server runs, the calls have not begun.</summary>
    Task BeginAsync(ServerProcess server, CallGenerator generator);

    /// <summary>The trouble begins.</summary>
    Task StrikeAsync();

    /// <summary>The trouble ends.</summary>
    Task EaseAsync();

    /// <summary>Whether there was trouble at all: a run without it shows nothing.</summary>
    Finding Check();
}
