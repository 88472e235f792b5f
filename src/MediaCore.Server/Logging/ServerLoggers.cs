using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace MediaCore.Server.Logging;

/// <summary>The server's loggers: standard error, one line per entry, with a level that a reload can change.</summary>
internal sealed class ServerLoggers : ILoggerFactory
{
    /// <summary>
    /// Entries waiting for standard error. When whoever reads it stalls, further ones are dropped and counted by the logger itself: a shard must
    /// never wait for a terminal.
    /// </summary>
    private const int MaxQueuedEntries = 8192;

    /// <summary>Categories that may have levels of their own.</summary>
    public const int MaxCategories = 100;

    private readonly Lock _changing = new();
    private readonly ServiceProvider _services;
    private readonly ILoggerFactory _inner;
    private int _level;
    private volatile FrozenDictionary<string, LogLevel> _categories = FrozenDictionary<string, LogLevel>.Empty;

    /// <summary>Loggers that write from a level on.</summary>
    public ServerLoggers(LogLevel level)
    {
        _level = (int)level;
        ServiceCollection services = new();
        services.AddLogging(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace);
            logging.AddFilter(IsEnabled);
            logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
            logging.AddConsole(console =>
            {
                console.FormatterName = LineFormatter.FormatterName;
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                console.MaxQueueLength = MaxQueuedEntries;
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            });
        });
        _services = services.BuildServiceProvider();
        _inner = _services.GetRequiredService<ILoggerFactory>();
    }

    /// <summary>Lowest level written; may change at any time.</summary>
    public LogLevel Level
    {
        get => (LogLevel)Volatile.Read(ref _level);
        set => Volatile.Write(ref _level, (int)value);
    }

    /// <summary>Levels of single categories and what is below them.</summary>
    public IReadOnlyDictionary<string, LogLevel> CategoryLevels => _categories;

    /// <summary>Gives a category a level of its own, or takes it away; false beyond <see cref="MaxCategories"/>.</summary>
    public bool TrySetLevel(string category, LogLevel? level)
    {
        lock (_changing)
        {
            Dictionary<string, LogLevel> changed = new(_categories, StringComparer.Ordinal);
            if (level is { } given)
            {
                changed[category] = given;
            }
            else
            {
                changed.Remove(category);
            }

            if (changed.Count > MaxCategories)
            {
                return false;
            }

            _categories = changed.ToFrozenDictionary(StringComparer.Ordinal);
            return true;
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _inner.CreateLogger(categoryName);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => _services.Dispose();

    /// <summary>The frameworks below us talk a lot at their information level; they are heard one level higher.</summary>
    private bool IsEnabled(string? category, LogLevel level)
    {
        if (category is not null && category.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal))
        {
            // It logs a failed start with its stack and throws it as well; the one line that the command prints is enough.
            return false;
        }

        if (category is not null && _categories.Count > 0 && FindLevel(category) is { } own)
        {
            return level >= own;
        }

        bool ours = category is null || category.StartsWith("MediaCore", StringComparison.Ordinal);
        return level >= (ours || Level < LogLevel.Information ? Level : (LogLevel)Math.Max((int)Level, (int)LogLevel.Warning));
    }

    /// <summary>The level of the nearest category that has one.</summary>
    private LogLevel? FindLevel(string category)
    {
        FrozenDictionary<string, LogLevel> levels = _categories;
        for (int length = category.Length; length > 0; length = category.LastIndexOf('.', length - 1))
        {
            if (levels.TryGetValue(category[..length], out LogLevel level))
            {
                return level;
            }
        }

        return null;
    }
}
