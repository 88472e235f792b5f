using System.Text.Json;
using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Storage;
using MediaCore.Server.CommandLine;

namespace MediaCore.Server.Tests.CommandLine;

public sealed class AdministrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("accounts", "list")]
    [InlineData("numbers", "list")]
    [InlineData("calls", "list")]
    [InlineData("accounts", "password", "1001")]
    public async Task WithoutADatabase_NothingIsMade(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);

        Assert.Equal((ExitCode.Failure, ""), (code, output));
        Assert.Contains("there is no database", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "data")));
    }

    [Fact]
    public async Task Account_ItsLife()
    {
        (int code, string output, _) = await RunAsync("accounts", "add", "1003");
        Assert.Equal(ExitCode.Success, code);
        Assert.Matches("^account 1003 password [A-Za-z0-9]{20}\n$", output);

        Assert.Equal((ExitCode.Success, "account 1003: password set\n", ""), await RunAsync("my own password\n", ["accounts", "password", "1003", "--password-stdin"]));
        Assert.Equal((ExitCode.Success, "account 1003 disabled\n", ""), await RunAsync("accounts", "disable", "1003"));
        (_, string list, _) = await RunAsync("accounts", "list", "--json");
        JsonElement account = Assert.Single(JsonDocument.Parse(list).RootElement.EnumerateArray());
        Assert.Equal(("1003", false), (account.GetProperty("name").GetString(), account.GetProperty("enabled").GetBoolean()));
        Assert.DoesNotContain("password", list, StringComparison.Ordinal);

        Assert.Equal((ExitCode.Success, "account 1003 removed\n", ""), await RunAsync("accounts", "remove", "1003"));
        Assert.Equal(ExitCode.Failure, (await RunAsync("accounts", "remove", "1003")).Code);
    }

    [Theory]
    [InlineData("accounts", "add", "no blanks")]
    [InlineData("numbers", "add", "12025550101", "say:Hello")]
    [InlineData("numbers", "add", "+12025550101", "ring:1001")]
    [InlineData("numbers", "add", "+12025550101")]
    [InlineData("numbers", "set-targets", "+12025550101", "bell")]
    public async Task WrongInput_IsTwo_InOneLineAtLeast(params string[] arguments)
    {
        (int code, string output, string error) = await RunAsync(arguments);

        Assert.Equal((ExitCode.Usage, ""), (code, output));
        Assert.StartsWith("mediacore: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_ThatIsTooShort_IsRefused()
    {
        (int code, _, string error) = await RunAsync("short\n", ["accounts", "add", "1003", "--password-stdin"]);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("characters", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Number_ItsLife()
    {
        await RunAsync("accounts", "add", "1003");
        Assert.Equal(
            (ExitCode.Success, "number +12025550101 added\n", ""),
            await RunAsync("numbers", "add", "+12025550101", "account:1003@25s", "sip:bob@192.0.2.1:5070", "trunk:carrier-a/+4930", "say:Bonjour: à bientôt", "play:a.wav", "conference:team", "control:ivr", "--voice", "fr", "--label", "Office"));

        (_, string shown, _) = await RunAsync("numbers", "show", "+12025550101", "--json");
        JsonElement number = Assert.Single(JsonDocument.Parse(shown).RootElement.EnumerateArray());
        Assert.Equal("Office", number.GetProperty("label").GetString());
        Assert.Equal(
            ["account 1003 25", "uri sip:bob@192.0.2.1:5070 20", "trunk carrier-a/+4930 20", "announcement_text Bonjour: à bientôt fr", "announcement_file a.wav ", "conference team ", "control ivr "],
            number.GetProperty("targets").EnumerateArray().Select(t =>
                $"{t.GetProperty("kind").GetString()} {t.GetProperty("value").GetString()} {(t.TryGetProperty("ring_seconds", out JsonElement ring) ? ring.ToString() : t.TryGetProperty("voice", out JsonElement voice) ? voice.ToString() : "")}"));

        Assert.Equal(ExitCode.Success, (await RunAsync("numbers", "set-targets", "+12025550101", "say:Closed")).Code);
        (_, string list, _) = await RunAsync("numbers", "list");
        Assert.Contains("say:Closed", list, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, (await RunAsync("numbers", "add", "+12025550101", "say:Twice")).Code);
        Assert.Equal(ExitCode.Success, (await RunAsync("numbers", "remove", "+12025550101")).Code);
        Assert.Equal(ExitCode.Failure, (await RunAsync("numbers", "show", "+12025550101")).Code);
    }

    [Fact]
    public async Task Calls_AreListed_LatestFirst_AsTableAndJson()
    {
        NumberStore store = await NumberStore.OpenAsync(new NumberStoreOptions { ConnectionString = $"Data Source={Path.Combine(_folder.Path, "data", "mediacore.db")}" });
        DateTimeOffset start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
        await store.ImportCallsAsync(
        [
            new CallRecord { CallId = "a", Caller = "1001", Called = "+12025550100", Number = "+12025550100", StartedAt = start, AnsweredAt = start.AddSeconds(2), EndedAt = start.AddSeconds(65), SipStatus = 200, Q850Cause = 16, Reason = CallEndReason.Completed, EndedBy = CallEndSide.Caller },
            new CallRecord { CallId = "b", Caller = "1002", Called = "404", StartedAt = start.AddHours(1), EndedAt = start.AddHours(1), SipStatus = 404, Q850Cause = 1, Reason = CallEndReason.NotFound, EndedBy = CallEndSide.Server },
        ]);

        (_, string table, _) = await RunAsync("calls", "list");
        string[] lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches("^2026-03-04 06:06:07Z +1002 +404 +0:00:00 +404 +1 +NotFound +Server +b *$", lines[1]);
        Assert.Matches("^2026-03-04 05:06:07Z +1001 +\\+12025550100 +0:01:03 +200 +16 +Completed +Caller +a *$", lines[2]);

        (_, string json, _) = await RunAsync("calls", "list", "--json", "--number", "+12025550100");
        Assert.Equal("a", Assert.Single(JsonDocument.Parse(json).RootElement.EnumerateArray()).GetProperty("call_id").GetString());
    }

    [Fact]
    public async Task Sbc_HasNothingToAdminister()
    {
        (int code, _, string error) = await RunAsync("accounts", "list", "--numbers:enabled=false");

        Assert.Equal(ExitCode.Configuration, code);
        Assert.Contains("numbers.enabled", error, StringComparison.Ordinal);
    }

    private Task<(int Code, string Out, string Error)> RunAsync(params string[] arguments) => RunAsync("", arguments);

    private async Task<(int Code, string Out, string Error)> RunAsync(string input, string[] arguments)
    {
        TestTerminal terminal = new(_folder.Path) { Input = input };
        int code = await terminal.RunAsync(arguments);
        return (code, terminal.Out, terminal.Error);
    }
}
