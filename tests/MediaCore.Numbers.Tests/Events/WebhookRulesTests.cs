using System.Net;
using System.Text;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Webhooks;

namespace MediaCore.Numbers.Tests.Events;

public sealed class WebhookRulesTests
{
    // The example of the Standard Webhooks specification.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Fact]
    public void Signature_IsThatOfTheSpecification_AndOfBothSecretsWhileTheyOverlap()
    {
        byte[] body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
        var endpoint = new WebhookEndpoint { Secret = Secret };
        Assert.Equal(Signature, WebhookSignature.Of(endpoint, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body));
        endpoint.PreviousSecret = Secret;
        endpoint.Secret = WebhookSignature.NewSecret();
        endpoint.PreviousUntilMs = 1_614_265_330_001;
        string[] both = WebhookSignature.Of(endpoint, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).Split(' ');
        Assert.Equal((2, Signature), (both.Length, both[1]));
        Assert.NotEqual(Signature, both[0]);
        endpoint.PreviousUntilMs--;
        Assert.DoesNotContain(' ', WebhookSignature.Of(endpoint, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body));
    }

    [Theory]
    [InlineData("https://example.com/hooks?x=y", null)]
    [InlineData("http://example.com/", "begins with https")]
    [InlineData("ftp://example.com/", "begins with https")]
    [InlineData("https://user:secret@example.com/", "no user and password")]
    [InlineData("https://example.com/#x", "no fragment")]
    [InlineData("https://10.0.0.1/", "may not reach")]
    [InlineData("https://[::1]/", "may not reach")]
    [InlineData("https://[::ffff:169.254.169.254]/", "may not reach")]
    [InlineData("https://0x7f.1/", "may not reach")]
    [InlineData("https://192.0.2.200/", "may not reach")]
    [InlineData("example.com", "such as https")]
    [InlineData("", "such as https")]
    public void Address_IsChecked(string url, string? problem)
    {
        string? found = WebhookRules.CheckUrl(url, new WebhookOptions());
        Assert.True(problem is null ? found is null : found?.Contains(problem, StringComparison.Ordinal), found);
    }

    [Fact]
    public void Address_ThatIsAllowed_IsTaken()
    {
        WebhookOptions options = new() { AllowHttp = true, AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] };
        Assert.Null(WebhookRules.CheckUrl("http://10.1.2.3/", options));
        Assert.NotNull(WebhookRules.CheckUrl("http://172.16.0.1/", options));
        Assert.NotNull(WebhookRules.CheckUrl("ftp://10.1.2.3/", options));
    }

    [Fact]
    public void TypesAndFilters_AreChecked()
    {
        Assert.Null(WebhookRules.CheckTypes(["call.completed", "message.received"]));
        Assert.Contains("no event 'call.complete'", WebhookRules.CheckTypes(["call.complete"]), StringComparison.Ordinal);
        Assert.Contains("twice", WebhookRules.CheckTypes(["call.completed", "call.completed"]), StringComparison.Ordinal);
        Assert.Null(WebhookRules.CheckFilter(["number=+12025550123", "parts="]));
        Assert.NotNull(WebhookRules.CheckFilter(["=x"]));
        Assert.NotNull(WebhookRules.CheckFilter(["a=b\nc=d"]));
        Assert.NotNull(WebhookRules.CheckFilter([.. Enumerable.Repeat("a=b", 11)]));
    }

    [Fact]
    public void Waits_RiseWithJitter_AndEnd()
    {
        var id = Guid.Parse("019a0000-0000-7000-8000-0000ff80ff40");
        Assert.Equal([5, 30, 120, 600, 3_600, 18_000, 86_400], Enumerable.Range(1, 7).Select(attempt => (int)(WebhookRetry.After(attempt, Guid.Parse("019a0000-0000-7000-8000-000000000000"), null)!.Value.TotalSeconds)));
        for (int attempt = 1; attempt <= 7; attempt++)
        {
            TimeSpan wait = WebhookRetry.After(attempt, id, null)!.Value;
            Assert.InRange(wait / WebhookLimits.Waits[attempt - 1], 1.0, 1.1);
            Assert.Equal(wait, WebhookRetry.After(attempt, id, TimeSpan.FromSeconds(1)));
        }

        Assert.Null(WebhookRetry.After(8, id, TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromHours(24), WebhookRetry.After(1, id, TimeSpan.FromDays(400)));
        Assert.Equal([5, 10, 20, 300], new[] { 1, 2, 3, 40 }.Select(static failures => (int)WebhookRetry.Rest(failures).TotalSeconds));
    }
}
