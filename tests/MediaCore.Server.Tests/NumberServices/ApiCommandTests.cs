using System.Globalization;
using System.Text.Json;
using MediaCore.Cli;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary><c>mcctl</c> and the number service.</summary>
public sealed class ApiCommandTests
{
    private string _output = "";
    private string _error = "";

    [Fact]
    public async Task Commands_SetUpANumber_AndShowIt()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(host.Folder, "numbers.txt"), "# ours\n+12025550123\n(202) 555-0124, US\n");
        await File.WriteAllTextAsync(Path.Combine(host.Folder, "plan.json"), "{}");
        Assert.Equal(ExitCode.Success, await RunAsync(host, "tenants", "create", "--name", "shop", "--time-zone", "Europe/Berlin"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "import", "--file", "numbers.txt", "--json"));
        using JsonDocument job = JsonDocument.Parse(_output);
        await ApiFlows.FinishAsync(host, new Control.V1.Job { Id = job.RootElement.GetProperty("id").GetString(), State = Control.V1.Job.Types.State.Running }, []);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "search", "--area-code", "202", "--tenant", "shop"));
        Assert.Contains("+12025550124", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "buy", "+12025550123", "--tenant", "shop", "--idempotency-key", "k"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "plans", "create", "--name", "main", "--file", "plan.json", "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "plans", "validate", "main", "--tenant", "shop"));
        Assert.Equal("Nothing is wrong with it.\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "plans", "publish", "main", "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "assign", "+12025550123", "--target-id", "main", "--tenant", "shop"));
        Assert.Contains("routing-plan", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "list", "--tenant", "shop"));
        Assert.Contains("assigned", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "queues", "list", "--tenant", "shop"));
        Assert.Equal("No queues.\n", _output);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "schedules", "create", "--name", "hours", "--override", "closed", "--override-until", "2030-01-01", "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "schedules", "state", "hours", "--tenant", "shop"));
        Assert.Contains("override", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "records", "export"));
        Assert.StartsWith("call_id,number,", _output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_AreSent_Scheduled_Withdrawn_AndShownWithTheirThread()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(host.Folder, "numbers.txt"), "+12025550123\n");
        Assert.Equal(ExitCode.Success, await RunAsync(host, "tenants", "create", "--name", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "numbers", "import", "--file", "numbers.txt", "--json", "--tenant", "shop"));
        using JsonDocument job = JsonDocument.Parse(_output);
        await ApiFlows.FinishAsync(host, new Control.V1.Job { Id = job.RootElement.GetProperty("id").GetString(), State = Control.V1.Job.Types.State.Running }, ApiHost.For("shop"));
        await using (ServiceContext context = host.Database.Store.Open(TenantScope.Platform))
        {
            await context.Numbers.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Capabilities, NumberCapabilities.Voice | NumberCapabilities.Sms));
        }

        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "send", "--to", "+12025550199", "--text", "ready now", "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "send", "--to", "+12025550199", "--text", "much later", "--at", host.Database.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), "--tenant", "shop", "--json"));
        using JsonDocument later = JsonDocument.Parse(_output);
        string id = later.RootElement.GetProperty("id").GetString()!;
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "list", "--state", "scheduled", "--tenant", "shop"));
        Assert.Contains("much later", _output, StringComparison.Ordinal);
        Assert.DoesNotContain("ready now", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "cancel", id, "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "get", id, "--tenant", "shop"));
        Assert.Contains("cancelled", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "messages", "cancel", id, "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "thread", "+12025550123", "+12025550199", "--tenant", "shop"));
        Assert.Contains("ready now", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "add-opt-out", "+12025550123", "+12025550199", "--tenant", "shop"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "opt-outs", "--tenant", "shop"));
        Assert.Contains("+12025550199", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "messages", "send", "--to", "+12025550199", "--text", "again", "--tenant", "shop"));
        Assert.Contains("opted out", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "messages", "set-settings", "--per-minute", "1", "--tenant", "shop"));
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "messages", "send", "--to", "+12025550198", "--text", "one more", "--tenant", "shop"));
    }

    [Fact]
    public async Task Refusals_HaveTheirExitCodes()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal(ExitCode.NotFound, await RunAsync(host, "queues", "get", "nobody"));
        Assert.Contains("nobody", _error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotPermitted, await RunAsync(host, "queues", "list", "--token", "mck_nonsense"));
        Assert.Equal(ExitCode.Usage, await RunAsync(host, "agents", "update", "alice", "--presence", "asleep"));
        Assert.Equal(ExitCode.Failure, await RunAsync(host, "queues", "create", "--name", "sales", "--ring-seconds", "0"));
        Assert.Equal(ExitCode.Success, await RunAsync(host, "queues", "create", "--name", "sales"));
        Assert.Equal(ExitCode.Conflict, await RunAsync(host, "queues", "update", "sales", "--priority", "5", "--etag", "17"));
        Assert.Equal(ExitCode.Usage, await RunAsync(host, "prompts", "upload", "welcome"));
    }

    [Fact]
    public async Task Completion_KnowsWordsOptionsAndChoices()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal(ExitCode.Success, await RunAsync(host, "[suggest:27]", "mcctl agents update alice --"));
        Assert.Contains("--presence", _output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, await RunAsync(host, "[suggest:38]", "mcctl agents update alice --presence "));
        Assert.Contains("not-ready", _output, StringComparison.Ordinal);
    }

    private async Task<int> RunAsync(ApiHost host, params string[] arguments)
    {
        await using StringWriter output = new();
        await using StringWriter error = new();
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["MEDIACORE_SERVER"] = host.GrpcAddress };
        int code = await McctlCommand.RunAsync(arguments, new Terminal(output, error, environment, host.Folder, IsInteractive: false), CancellationToken.None);
        _output = output.ToString();
        _error = error.ToString();
        return code;
    }
}
