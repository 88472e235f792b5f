using MediaCore.Server.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Server.Tests.Logging;

public sealed class LineFormatterTests
{
    [Fact]
    public void Entry_IsOneLine_WhateverIsInIt()
    {
        LineFormatter formatter = new();
        StringWriter output = new();
        LogEntry<string> entry = new(
            LogLevel.Warning, "MediaCore.Server", new EventId(9001, "NotServed"), "a\r\nb\u001b[31m\tc", new InvalidOperationException("x\ny"), static (state, _) => state);

        formatter.Write(entry, null, output);

        string line = output.ToString();
        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.DoesNotContain(line[..^1], char.IsControl);
        Assert.Matches("""^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn  MediaCore\.Server\[9001 NotServed\] a\\r\\nb\\u001b\[31m\\tc \| System\.InvalidOperationException: x\\ny""", line);
    }
}
