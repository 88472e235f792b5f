using System.Globalization;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Numbering;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Tests.Inventory;

public sealed class NumberImportTests
{
    public static TheoryData<StoreProvider> Both => TestDatabase.Both;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task TenThousandNumbers_InOneJob_WithProgress_AndAgainWithoutChange(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        NumberImportLine[] lines = [.. Enumerable.Range(0, 10_000).Select(static i => new NumberImportLine(string.Create(CultureInfo.InvariantCulture, $"+1202{2_000_000 + i}")))];
        var steps = new Steps();

        Job job = (await new NumberImport(database.Store).RunAsync(lines, TenantScope.Platform, "t", steps)).Value!;

        Assert.Equal((JobState.Finished, 10_000, 10_000, 0, 0), (job.State, job.Total, job.Done, job.Unchanged, job.Refused));
        Assert.Equal(Enumerable.Range(1, 20).Select(static i => i * NumberImport.BatchLines), steps.Done);
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Equal(10_000, await context.Numbers.CountAsync(static row => row.Country == "US" && row.Type == NumberType.Local && row.State == NumberState.Available));
        Assert.Equal(10_000, await context.Audit.CountAsync(static item => item.Entity == nameof(VirtualNumber)));

        Job again = (await new NumberImport(database.Store).RunAsync(lines, TenantScope.Platform, "t")).Value!;
        Assert.Equal((10_000, 10_000, 0), (again.Done, again.Unchanged, again.Refused));
        Assert.Equal(10_000, await context.Numbers.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Lines_ThatAreWrong_AreRefused_AndTheOthersGoOn(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        TenantScope tenant = await database.AddTenantAsync("one");
        NumberImportLine[] lines =
        [
            new("(202) 555-0123", "US"), new("+1 202 555 0123"), new("nobody", "US"), new("2025550123"), new("+1 123 456 7890"), new("12345", "us") { IsShortCode = true },
            new("12345") { IsShortCode = true }, new("+800 1234 5678"),
        ];

        Job job = (await new NumberImport(database.Store).RunAsync(lines, tenant, "t")).Value!;

        Assert.Equal((8, 1, 4), (job.Done, job.Unchanged, job.Refused));
        Assert.Equal(["3", "4", "5", "7"], job.Problems.Split('\n').Select(static line => line[..line.IndexOf(':')]));
        await using ServiceContext context = database.Store.Open(tenant);
        List<VirtualNumber> rows = await context.Numbers.OrderBy(static row => row.Number).ToListAsync();
        Assert.Equal(["+12025550123", "+80012345678", "US:12345"], rows.Select(static row => row.Number));
        Assert.Equal([NumberType.Local, NumberType.International, NumberType.ShortCode], rows.Select(static row => row.Type));
        Assert.All(rows, row => Assert.Equal((NumberState.Owned, tenant.TenantId), (row.State, row.TenantId)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Job_ThatIsStopped_KeepsWhatIsIn(StoreProvider provider)
    {
        await using TestDatabase database = await TestDatabase.CreateAsync(provider);
        using var stop = new CancellationTokenSource();
        NumberImportLine[] lines = [.. Enumerable.Range(0, 1_200).Select(static i => new NumberImportLine($"+1202{2_000_000 + i}"))];

        Job job = (await new NumberImport(database.Store).RunAsync(lines, TenantScope.Platform, "t", new Steps { Then = stop.Cancel }, stop.Token)).Value!;

        Assert.Equal((JobState.Cancelled, NumberImport.BatchLines), (job.State, job.Done));
        await using ServiceContext context = database.Store.Open(TenantScope.Platform);
        Assert.Equal(NumberImport.BatchLines, await context.Numbers.CountAsync(CancellationToken.None));
        Assert.Equal(JobState.Cancelled, (await context.Jobs.SingleAsync(CancellationToken.None)).State);
    }

    private sealed class Steps : IProgress<Job>
    {
        public List<int> Done { get; } = [];

        public Action? Then { get; init; }

        public void Report(Job value)
        {
            Done.Add(value.Done);
            Then?.Invoke();
        }
    }
}
