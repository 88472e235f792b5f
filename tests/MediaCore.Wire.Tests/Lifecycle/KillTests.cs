using MediaCore.Wire.Tests.Processes;
using MediaCore.Wire.Tests.Torture;
using Xunit.Abstractions;

namespace MediaCore.Wire.Tests.Lifecycle;

/// <summary>kill -9 in the middle of traffic: a call whose BYE was answered has its record, once.</summary>
public class KillTests(ITestOutputHelper output)
{
    private const int Callers = 8;
    private const int CallsBeforeKill = 300;

    [Fact]
    public async Task Sbc_Killed_EveryFinishedCallHasItsLine()
    {
        await using WholeCall call = await WholeCall.StartSbcAsync();
        await using CallTraffic traffic = new(call.Server, WholeCall.Number);
        await KillInTrafficAsync(call.Server, traffic);

        IReadOnlyList<string> recorded = JournalText.ReadCallerCallIds(call.Server);
        AssertEachOnce(traffic.Finished, recorded);
    }

    [Fact]
    public async Task Numbers_Killed_AfterRestartEveryFinishedCallIsInTheDatabaseOnce()
    {
        using ScratchFolder folder = new();
        ICollection<string> finished;
        await using (WholeCall call = await WholeCall.StartNumbersAsync(folder.Path))
        {
            await using CallTraffic traffic = new(call.Server, WholeCall.Number);
            await KillInTrafficAsync(call.Server, traffic);
            finished = traffic.Finished;
        }

        await using MediaCoreServer server = await MediaCoreServer.StartAsync(folder: folder.Path);
        var recorded = await Eventually.IsAsync(
            () => ReadCallerCallIdsAsync(server), r => finished.All(r.ToHashSet(StringComparer.Ordinal).Contains), $"{finished.Count} finished calls in the database");
        AssertEachOnce(finished, recorded);

        // The command line sees them too.
        (int code, string list) = await server.RunAsync("calls", "list", "--json", "--limit", "1000");
        Assert.Equal(0, code);
        Assert.All(finished, id => Assert.Contains(id, list, StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> ReadCallerCallIdsAsync(MediaCoreServer server) =>
        [.. (await server.QueryAsync("select sip_call_id from call_legs where position = 0")).Select(static row => (string)row["sip_call_id"]!)];

    private async Task KillInTrafficAsync(MediaCoreServer server, CallTraffic traffic)
    {
        traffic.Start(Callers);
        await Eventually.IsAsync(() => traffic.Finished.Count, static n => n >= CallsBeforeKill, "finished calls");
        server.Process.Signal(ChildProcess.Sigkill);
        await server.Process.WaitForExitAsync();
        traffic.Stop();
        Assert.Equal(0, traffic.Refused);
        output.WriteLine($"{traffic.Finished.Count} calls were finished at the kill");
    }

    private static void AssertEachOnce(ICollection<string> finished, IReadOnlyList<string> recorded)
    {
        Assert.NotEmpty(finished);
        Assert.Empty(finished.Except(recorded, StringComparer.Ordinal));
        Assert.Equal(recorded.Count, recorded.Distinct(StringComparer.Ordinal).Count());
    }
}
