using System.Net;
using Grpc.Core;
using MediaCore.Wire.Tests.Peers;
using MediaCore.Wire.Tests.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using V1 = MediaCore.Control.V1;

namespace MediaCore.Wire.Tests.Sbc;

/// <summary>Issue 5, acceptance 4: a control plane that answers <c>Route</c> after 10 s, or never. What it is asked about gets the default at the deadline, and other calls do not notice.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class SilentPolicyTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task CallsThatAreAskedAbout_GetTheDefaultAtTheDeadline_OthersAreSetUp()
    {
        const int asked = 50;
        const int others = 100;
        await using SilentPolicy policy = await SilentPolicy.StartAsync();
        int calleePort = FreePorts.Next();
        await using MediaCoreServer server = await MediaCoreServer.StartAsync(
            $$"""
            "trunks": [ { "name": "carrier-a", "targets": ["sip:127.0.0.1:{{calleePort}}"], "from": ["127.0.0.0/8"] } ],
            "routes": [ { "name": "ask", "match": { "to": "+19*" }, "control": "policy" }, { "name": "all", "match": { "to": "+1*" }, "trunks": ["carrier-a"] } ],
            "control": { "policy": { "target": "{{policy.Address}}", "breaker": { "failures": 1000, "minQuestions": 1000 }, "route": { "deadlineSeconds": {{s_deadline.TotalSeconds}}, "default": "reject:486" } } },
            "numbers": { "enabled": false }
            """,
            mediaPorts: 2000);
        await using SippProcess callee = await SippProcess.StartAsync("callee", null, others, port: calleePort, more: ["-key", "rtp_port", "60002"]);
        await using SippProcess waiting = await SippProcess.StartAsync("caller-refused", server.Udp, asked, more: ["-s", "+19005550100", "-r", "50", "-key", "rtp_port", "60003"]);
        await using SippProcess caller = await SippProcess.StartAsync("caller", server.Udp, others, more: ["-s", "+12025550123", "-r", "50", "-d", "100", "-key", "rtp_port", "60001"]);
        await caller.ExpectSuccessAsync();
        await callee.ExpectSuccessAsync();
        await waiting.ExpectSuccessAsync();

        var refused = server.ReadJournal().Where(static r => r.GetProperty("called").GetString() == "+19005550100").ToList();
        Assert.Equal(asked, refused.Count);
        Assert.All(refused, static r =>
        {
            TimeSpan waited = r.GetProperty("ended_at").GetDateTimeOffset() - r.GetProperty("started_at").GetDateTimeOffset();

            // Two clocks tell the times of the record and of the deadline, the finer of them in ms.

            // It counts from the beginning of the shard's turn that has read the INVITE, which on a busy machine is some time before the call's own.
            Assert.True(waited >= s_deadline / 2, $"{waited}");
        });
        Assert.Equal(asked, await server.ReadMetricAsync("mediacore_policy_defaults_total"));
        Assert.Equal(asked, policy.Questions);
    }

    /// <summary>Every other question is answered after 10 s, the others never.</summary>
    private sealed class SilentPolicy : V1.Policy.PolicyBase, IAsyncDisposable
    {
        private WebApplication? _app;
        private int _questions;

        public int Questions => Volatile.Read(ref _questions);

        public string Address { get; private set; } = "";

        public static async Task<SilentPolicy> StartAsync()
        {
            SilentPolicy policy = new();
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(static o => o.Listen(IPAddress.Loopback, 0, static l => l.Protocols = HttpProtocols.Http2));
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(policy);
            policy._app = builder.Build();
            policy._app.MapGrpcService<SilentPolicy>();
            await policy._app.StartAsync();
            policy.Address = policy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return policy;
        }

        public override async Task<V1.RouteAnswer> Route(V1.RouteQuestion request, ServerCallContext context)
        {
            bool isNever = Interlocked.Increment(ref _questions) % 2 == 0;
            await Task.Delay(isNever ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(10), context.CancellationToken);
            return new V1.RouteAnswer { Next = true };
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.DisposeAsync();
            }
        }
    }
}
