using MediaCore.Server.CommandLine;
using MediaCore.Server.Configuration.Changes;

namespace MediaCore.Server.Tests.CommandLine;

public sealed class MediaCoreCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestTerminal _terminal;

    public MediaCoreCommandTests() => _terminal = new TestTerminal(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task NoVerb_IsHelp(params string[] arguments)
    {
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync(arguments));
        Assert.Contains("Usage:", _terminal.Out, StringComparison.Ordinal);
        Assert.Empty(_terminal.Error);
    }

    [Theory]
    [InlineData("chek")]
    [InlineData("check", "--config")]
    [InlineData("check", "surplus")]
    [InlineData("check", "--sip:realm")]
    [InlineData("run", "surplus")]
    [InlineData("version", "surplus")]
    public async Task Usage_IsTwo_AndSaysWhere(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync(arguments));
        Assert.Empty(_terminal.Out);
        Assert.StartsWith("mediacore: ", _terminal.Error, StringComparison.Ordinal);
        Assert.Contains("--help", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_IsPrinted()
    {
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("version"));
        Assert.Matches("^mediacore [0-9]+\\.[0-9]+\\.[0-9]+\n$", _terminal.Out);
    }

    [Fact]
    public async Task Check_WithoutAFile_ChecksTheDefaults()
    {
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("check"));
        Assert.Equal("No file; the defaults and settings are right.\n", _terminal.Out);
    }

    [Fact]
    public async Task Check_TakesTheFileOfTheFolder()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "mediacore.json"), "{ \"sip\": { \"tls\": { \"client\": { \"verify\": false } } } }");

        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("check"));
        Assert.EndsWith("mediacore.json is right.\n", _terminal.Out, StringComparison.Ordinal);
        Assert.Contains("note: sip.tls.client.verify", _terminal.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task WrongFile_Is78_WithEveryError(string verb)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "my.json"), "{ \"sip\": { \"relm\": 1 },\n \"calls\": { \"maxCalls\": 0 } }");

        Assert.Equal(ExitCode.Configuration, await _terminal.RunAsync(verb, "--config", "my.json", "--media:ports=9"));

        string[] lines = _terminal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, l => l.Contains("my.json:1: sip.relm:", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("my.json:2: calls.maxCalls:", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("--media:ports: media.ports:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing.json", "no such file")]
    [InlineData(".", "is a folder")]
    public async Task UnreadableFile_IsOneLine(string file, string message)
    {
        Assert.Equal(ExitCode.Configuration, await _terminal.RunAsync("check", "--config", file));
        Assert.Contains(message, Assert.Single(_terminal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HugeFile_IsRefused_Unread()
    {
        await using (FileStream file = File.Create(Path.Combine(_folder.Path, "huge.json")))
        {
            file.SetLength(100L * 1024 * 1024);
        }

        Assert.Equal(ExitCode.Configuration, await _terminal.RunAsync("check", "--config", "huge.json"));
        Assert.Contains("bytes", _terminal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_IsRead()
    {
        _terminal.Environment["MEDIACORE__CALLS__MAXCALLS"] = "none";

        Assert.Equal(ExitCode.Configuration, await _terminal.RunAsync("check"));
        Assert.Contains("MEDIACORE__CALLS__MAXCALLS: calls.", _terminal.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ChangeThatCannotBeStartedWith_IsNamedWithWhatToDo_AndCanBeLeftOut()
    {
        string changes = Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(changes)!);
        await File.WriteAllTextAsync(changes, """{"changes":[{"section":"sip","name":"","value":{"listen":["udp://203.0.113.1:5060"]},"basedOn":"","at":"2026-11-23T00:00:00Z","by":"ops"}],"order":{}}""");
        string[] run =
        [
            "run", "--sip:listen=udp://127.0.0.1:0", "--media:ports=24000-24999", "--http:listen=null", "--grpc:listen=null", "--engine:shards=1", "--numbers:enabled=false", "--logging:level=critical",
        ];
        Assert.Equal(ExitCode.Failure, await _terminal.RunAsync(run));
        Assert.Contains(changes, _terminal.Error, StringComparison.Ordinal);
        Assert.Contains("--without-changes", _terminal.Error, StringComparison.Ordinal);

        using CancellationTokenSource stop = new();
        Task<int> running = _terminal.RunAsync(stop.Token, [.. run, "--without-changes"]);
        await _terminal.LineStartingWith("MediaCore ready");
        Assert.False(File.Exists(changes));
        Assert.True(File.Exists(changes + ".aside"));
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Success, await running);
    }

    [Fact]
    public async Task ChangeThatIsWrong_IsNamedWithWhatToDo()
    {
        string changes = Path.Combine(_folder.Path, "data", ConfigurationChangesFile.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(changes)!);
        await File.WriteAllTextAsync(changes, """{"changes":[{"section":"calls","name":"","value":{"maxCalls":0},"basedOn":"","at":"2026-11-23T00:00:00Z","by":"ops"}],"order":{}}""");
        Assert.Equal(ExitCode.Configuration, await _terminal.RunAsync("check"));
        Assert.Contains("--without-changes", _terminal.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await _terminal.RunAsync("check", "--without-changes"));
        Assert.True(File.Exists(changes));
    }

    [Fact]
    public async Task ResponseFiles_AreNotRead()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "a"), "version");

        Assert.Equal(ExitCode.Usage, await _terminal.RunAsync($"@{Path.Combine(_folder.Path, "a")}"));
    }
}
