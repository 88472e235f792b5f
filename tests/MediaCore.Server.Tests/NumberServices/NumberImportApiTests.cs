using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using MediaCore.Control.NumberServices;
using MediaCore.Control.V1;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Storage;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>Ten thousand numbers in one job over the public API.</summary>
public sealed class NumberImportApiTests
{
    private const int Numbers = 10_000;

    [Theory]
    [InlineData(StoreProvider.Sqlite)]
    [InlineData(StoreProvider.Postgres)]
    public async Task TenThousandNumbers_InOneJob_WhoseProgressIsToldAsItGoes(StoreProvider provider)
    {
        await using ApiHost host = await ApiHost.StartAsync(provider);
        Metadata shop = ApiHost.For((await host.Tenants.CreateTenantAsync(new TenantChange { Name = "shop" })).Id);
        string[] numbers = [.. Enumerable.Range(0, Numbers).Select(static i => string.Create(CultureInfo.InvariantCulture, $"+1202{2_000_000 + i}"))];
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/number-imports");
        request.Headers.Add(ApiInterceptor.TenantHeader, "shop");
        request.Content = JsonContent.Create(new { numbers = numbers.Append("nobody").Select(static number => new { number }) });
        using HttpResponseMessage answer = await host.Rest.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        string id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!;

        // The answer comes before the work; how far it is can be asked meanwhile, and goes up by whole batches.
        using CancellationTokenSource patience = new(TimeSpan.FromMinutes(5));
        List<Job> seen = [];
        do
        {
            seen.Add(await host.Numbers.GetJobAsync(new EntityRequest { Id = id }, shop, cancellationToken: patience.Token));
        }
        while (seen[^1].State == Job.Types.State.Running);

        Assert.All(seen, static job => Assert.Equal(Numbers + 1, job.Total));
        Assert.All(seen.SkipLast(1), static job => Assert.Equal(0, job.Done % NumberImport.BatchLines));
        Assert.Equal(seen.Select(static job => job.Done).Order(), seen.Select(static job => job.Done));
        Job last = seen[^1];
        Assert.Equal((Job.Types.State.Finished, Numbers + 1, 0, 1), (last.State, last.Done, last.Unchanged, last.Refused));
        Assert.StartsWith($"{Numbers + 1}: ", Assert.Single(last.Problems), StringComparison.Ordinal);

        List<string> owned = [];
        string next = "";
        do
        {
            ListNumbersResponse page = await host.Numbers.ListNumbersAsync(new SearchNumbersRequest { PageSize = 1000, PageToken = next }, shop, cancellationToken: patience.Token);
            owned.AddRange(page.Numbers.Select(static number => number.Number_));
            next = page.NextPageToken;
        }
        while (next.Length > 0);

        Assert.Equal(numbers, owned);
    }
}
