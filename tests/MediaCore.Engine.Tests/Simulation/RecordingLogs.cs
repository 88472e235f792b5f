using Microsoft.Extensions.Logging;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>Keeps what is logged at Error and above, so that a contained defect fails the test with its stack, and the warnings for who asks.</summary>
internal sealed class RecordingLogs : ILoggerFactory, ILogger
{
    public List<string> Errors { get; } = [];

    public List<string> Warnings { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
        // No provider has a place here: the only sink is this object.
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
        // Nothing is held.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Warning)
        {
            Warnings.Add(formatter(state, exception));
        }
        else if (IsEnabled(logLevel))
        {
            Errors.Add(formatter(state, exception) + Environment.NewLine + exception);
        }
    }
}
