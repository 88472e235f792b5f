using MediaCore.Server.CommandLine;
using MediaCore.Server.Tests.CommandLine;

namespace MediaCore.Server.Tests.Demo;

public sealed class DemoTests
{
    [Fact]
    public async Task Demo_PlacesRealCalls_AndEverythingIsRight()
    {
        using TemporaryFolder folder = new();
        TestTerminal terminal = new(folder.Path);

        int code = await terminal.RunAsync("demo");

        Assert.True(code == ExitCode.Success, terminal.Out + terminal.Error);
        Assert.Contains("INVITE sip:+12025550100@", terminal.Out, StringComparison.Ordinal);
        Assert.Contains("1001 heard 440 Hz", terminal.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", terminal.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
