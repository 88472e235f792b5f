using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Control.V1;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rows = MediaCore.Numbers.Model;

namespace MediaCore.Server.Tests.NumberServices;

/// <summary>Messages over the API, out to a provider over HTTP and in from it.</summary>
public sealed class MessageApiTests
{
    private const string Number = "+12025550123";
    private const string Peer = "+12025550199";

    [Fact]
    public async Task Message_GoesToTheProviderSigned_ItsReceiptAndAnAnswerComeBack_AndAllStandsInTheThread()
    {
        await using SendingProvider provider = await SendingProvider.StartAsync();
        await using ApiHost host = await ApiHost.StartAsync();
        Tenant tenant = await host.Tenants.CreateTenantAsync(new TenantChange { Name = "one" });
        Job job = await host.Numbers.ImportNumbersAsync(new ImportNumbersRequest { Numbers = { new NumberLine { Number = Number } } }, ApiHost.For(tenant.Id));
        await ApiFlows.FinishAsync(host, job, ApiHost.For(tenant.Id));
        await using (ServiceContext context = host.Database.Store.Open(TenantScope.Platform))
        {
            await context.Numbers.ExecuteUpdateAsync(static set => set.SetProperty(static row => row.Capabilities, Rows.NumberCapabilities.Voice | Rows.NumberCapabilities.Sms));
            context.Calls.Add(new Rows.CallEntry { TenantId = Guid.Parse(tenant.Id), CallId = "call-1", Number = Number, Caller = Peer, Called = Number, StartedAtMs = 1, EndedAtMs = 2, Record = "{}" });
            await context.SaveChangesAsync();
        }

        Messages.MessagesClient messages = new(host.Invoker);
        TextMessage sent = await messages.SendMessageAsync(new SendTextRequest { To = Peer, Text = "hello" }, ApiHost.For(tenant.Id));
        Assert.Equal((TextMessage.Types.State.Queued, Number), (sent.State, sent.Number));
        using HttpCarrier carrier = new(new HttpCarrierOptions { Name = ApiHost.Provider, Url = provider.Url, SigningKey = "signing key" }, host.Database.Clock);
        MessageDispatch dispatch = new(host.Database.Store, ApiHost.Messaging, host.Intake);
        dispatch.Add(carrier);
        dispatch.Start();
        (string body, string signature) = await provider.Posted.Task;
        string at = signature.Split(',')[0]["t=".Length..];
        Assert.Equal($"t={at},v1={Convert.ToHexStringLower(HMACSHA256.HashData("signing key"u8, Encoding.UTF8.GetBytes($"{at}.{body}")))}", signature);
        await dispatch.DisposeAsync();
        Assert.Equal(TextMessage.Types.State.Sent, (await messages.GetMessageAsync(new EntityRequest { Id = sent.Id }, ApiHost.For(tenant.Id))).State);

        Assert.Equal(HttpStatusCode.Unauthorized, await BringAsync(host, "receipts", new { id = "41394", state = "delivered" }, "another secret"));
        Assert.Equal(HttpStatusCode.BadRequest, await BringAsync(host, "receipts", new { id = "41394" }, ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.OK, await BringAsync(host, "receipts", new { id = "41394", state = "delivered" }, ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.OK, await BringAsync(host, "messages", new { id = "7", from = Peer, to = Number, text = "STOP" }, ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.NotFound, await BringAsync(host, "messages", new { id = "8", from = Peer, to = "+12025550124", text = "hello" }, ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.NotFound, await BringAsync(host, "pictures", new { id = "9" }, ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.BadRequest, await BringAsync(host, "messages", Picture("9", "no address"), ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await BringAsync(host, "messages", Picture("9", "https://cdn.example/1.exe", "application/x-msdownload"), ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.OK, await BringAsync(host, "messages", Picture("9", "https://cdn.example/1.png"), ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.OK, await BringAsync(host, "messages", Picture("9", "https://cdn.example/1.png"), ApiHost.ProviderSecret));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await BringAsync(host, "messages", new { from = Peer, to = Number, text = new string('x', 300_000) }, ApiHost.ProviderSecret));
        Assert.Equal(TextMessage.Types.State.Delivered, (await messages.GetMessageAsync(new EntityRequest { Id = sent.Id }, ApiHost.For(tenant.Id))).State);
        Assert.True(Assert.Single((await messages.ListOptOutsAsync(new ListOptOutsRequest(), ApiHost.For(tenant.Id))).OptOuts).OptedOut);

        List<ThreadEntry> thread = [];
        string next = "";
        do
        {
            ListThreadResponse page = await messages.ListThreadAsync(new ListThreadRequest { Number = Number, Peer = Peer, PageSize = 1, PageToken = next }, ApiHost.For(tenant.Id));
            thread.AddRange(page.Entries);
            next = page.NextPageToken;
        }
        while (next.Length > 0);

        // What was sent, STOP and its answer, a picture once, and the call at the end.
        Assert.Equal(5, thread.Count);
        Assert.Equal("call-1", thread[^1].Call.CallId);
        Assert.Equal(4, thread.Take(4).Select(static entry => entry.Message.Id).Distinct().Count());
        TextMessage picture = Assert.Single(thread, static entry => entry.Message is { Channel: TextMessage.Types.Channel.Mms }).Message;
        Assert.Equal(("https://cdn.example/1.png", "image/png", 70L), (picture.Media[0].Uri, picture.Media[0].Type, picture.Media[0].Bytes));
    }

    private static object Picture(string id, string url, string type = "image/png") => new { id, from = Peer, to = Number, media = (object[])[new { type, url, bytes = 70 }] };

    private static async Task<HttpStatusCode> BringAsync(ApiHost host, string kind, object body, string secret)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/carriers/{ApiHost.Provider}/{kind}") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using HttpResponseMessage response = await host.Rest.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>A provider that notes what it gets, and takes it.</summary>
    private sealed class SendingProvider(WebApplication application) : IAsyncDisposable
    {
        public TaskCompletionSource<(string Body, string Signature)> Posted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Uri Url => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/send");

        public static async Task<SendingProvider> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            WebApplication application = builder.Build();
            application.Urls.Add("http://127.0.0.1:0");
            SendingProvider provider = new(application);
            application.MapPost("/send", provider.TakeAsync);
            await application.StartAsync(CancellationToken.None);
            return provider;
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using StreamReader reader = new(http.Request.Body);
            Posted.TrySetResult((await reader.ReadToEndAsync(http.RequestAborted), http.Request.Headers["X-MediaCore-Signature"].ToString()));
            await http.Response.WriteAsJsonAsync(new { id = "00A1B2" }, http.RequestAborted);
        }
    }
}
