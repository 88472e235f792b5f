using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Tests;
using MediaCore.Transport.Tls;
using MediaCore.Wire.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>With programs that others wrote: the npm package smpp.</summary>
public sealed class SmppServerTests : IAsyncLifetime
{
    private const string Number = "+15557654321";
    private readonly ScratchFolder _folder = new();
    private TestDatabase _database = null!;
    private ServiceStore _store = null!;
    private FakeMessages _messages = null!;
    private SmppService _service = null!;
    private Guid _tenant;

    private string Port => $"{_service.Server!.Endpoint.Port}";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _store.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Both), MemberType = typeof(TestDatabase))]
    public async Task LongMessageOfAProgram_IsOneMessage_AndEachPartGetsItsReceipt(StoreProvider provider)
    {
        await StartAsync(provider);
        await using NodePeer program = NodePeer.Start("program.cjs", Port, "secret");
        Assert.Equal("MediaCore", (await program.WaitForAsync("bind")).GetProperty("centre").GetString());
        await program.TellAsync(Submit(new { udh = "0500032A0201", message = "Hello " }));
        string first = (await program.WaitForAsync("submit_sm")).GetProperty("id").GetString()!;
        await program.TellAsync(Submit(new { udh = "0500032A0202", message = "wörld 👍" }));
        string second = (await program.WaitForAsync("submit_sm", 2)).GetProperty("id").GetString()!;
        OutgoingText sent = await _messages.Outgoing.Reader.ReadAsync();
        Assert.Equal((Number, "+12125550100", "Hello wörld 👍"), (sent.From, sent.To, sent.Text));
        Assert.NotEqual(first, second);

        await program.TellAsync(new { command = "query_sm", message_id = first });
        Assert.Equal(1, (await program.WaitForAsync("query_sm")).GetProperty("state").GetInt32());
        await _messages.SettleAsync(_tenant, "Hello wörld 👍", MessageState.Delivered);
        JsonElement[] receipts = [await program.WaitForAsync("deliver", 1), await program.WaitForAsync("deliver", 2)];
        Assert.Equal([first, second], receipts.Select(receipt => receipt.GetProperty("receipted").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(receipts, receipt =>
        {
            Assert.Equal((4, 2, "12125550100"), (receipt.GetProperty("esm").GetInt32(), receipt.GetProperty("state").GetInt32(), receipt.GetProperty("from").GetString()));
            Assert.StartsWith($"id:{receipt.GetProperty("receipted").GetString()} sub:001 dlvrd:001 submit date:", receipt.GetProperty("text").GetString(), StringComparison.Ordinal);
        });
        await program.TellAsync(new { command = "query_sm", message_id = second });
        Assert.Equal(2, (await program.WaitForAsync("query_sm", 2)).GetProperty("state").GetInt32());
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Both), MemberType = typeof(TestDatabase))]
    public async Task ProgramThatIsAway_GetsWhatCameIn_WhenItIsBack_Once(StoreProvider provider)
    {
        await StartAsync(provider);
        await _messages.AddAsync(_tenant, Number, "+12125550100", "while you were away", inbound: true);
        await _messages.AddAsync(_tenant, "+15550000000", "+12125550100", "of another number", inbound: true);
        await using (NodePeer program = NodePeer.Start("program.cjs", Port, "secret"))
        {
            JsonElement deliver = await program.WaitForAsync("deliver");
            Assert.Equal(("12125550100", Number[1..], "while you were away"), (deliver.GetProperty("from").GetString(), deliver.GetProperty("to").GetString(), deliver.GetProperty("text").GetString()));
            string text = string.Concat(Enumerable.Repeat("Привет, ", 10));
            await _messages.AddAsync(_tenant, Number, "+12125550100", text, inbound: true);
            Assert.Equal(text, (await program.WaitForAsync("deliver", 2)).GetProperty("text").GetString() + (await program.WaitForAsync("deliver", 3)).GetProperty("text").GetString());
        }

        await using NodePeer again = NodePeer.Start("program.cjs", Port, "secret");
        await _messages.AddAsync(_tenant, Number, "+12125550100", "new", inbound: true);
        Assert.Equal("new", (await again.WaitForAsync("deliver")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task WhatMayNotBe_IsRefusedWithItsStatus()
    {
        await StartAsync(StoreProvider.Sqlite, account => account with { Rate = 1, MaxSessions = 1 });
        await using NodePeer stranger = NodePeer.Start("program.cjs", Port, "wrong");
        Assert.Equal(0x0D, (await stranger.WaitForAsync("bind")).GetProperty("status").GetInt32());
        await stranger.WaitForAsync("closed");
        await using NodePeer program = NodePeer.Start("program.cjs", Port, "secret");
        Assert.Equal(0, (await program.WaitForAsync("bind")).GetProperty("status").GetInt32());
        await using NodePeer second = NodePeer.Start("program.cjs", Port, "secret");
        Assert.Equal(0x05, (await second.WaitForAsync("bind")).GetProperty("status").GetInt32());

        await program.TellAsync(new { command = "submit_sm", source_addr = "15550000000", destination_addr = "12125550100", short_message = "x" });
        await program.TellAsync(new { command = "submit_sm", source_addr = Number[1..], destination_addr = "12125550100", short_message = "x" });
        Assert.Equal(0x0A, (await program.WaitForAsync("submit_sm")).GetProperty("status").GetInt32());
        Assert.Equal(0x58, (await program.WaitForAsync("submit_sm", 2)).GetProperty("status").GetInt32());
        await program.TellAsync(new { command = "cancel_sm", message_id = "1" });
        Assert.Equal(0x0C, (await program.WaitForAsync("cancel_sm")).GetProperty("status").GetInt32());
        await program.TellAsync(new { command = "cancel_sm", source_addr = Number[1..], destination_addr = "12125550100" });
        Assert.Equal(0x11, (await program.WaitForAsync("cancel_sm", 2)).GetProperty("status").GetInt32());
        await program.TellAsync(new { command = "replace_sm", message_id = "1", source_addr = Number[1..], short_message = "x" });
        Assert.Equal(0x0C, (await program.WaitForAsync("replace_sm")).GetProperty("status").GetInt32());
        await program.TellAsync(new { command = "submit_multi", source_addr = Number[1..], dest_address = (object[])[new { dest_addr_ton = 1, dest_addr_npi = 1, destination_addr = "1" }], short_message = "x" });
        Assert.Equal(0x03, (await program.WaitForAsync("submit_multi")).GetProperty("status").GetInt32());
        await program.TellAsync(new { command = "query_sm", message_id = "1" });
        Assert.Equal(0x0C, (await program.WaitForAsync("query_sm")).GetProperty("status").GetInt32());
        Assert.False(_messages.Outgoing.Reader.TryRead(out _));
    }

    [Fact]
    public async Task OverTls_ProgramsBindAndSend()
    {
        using var authority = new TestAuthority();
        (string certificate, string key) = authority.Issue("smpp", ["localhost"]);
        await StartAsync(StoreProvider.Sqlite, certificate: TlsCertificate.Load(certificate, key));
        await using NodePeer program = NodePeer.Start("program.cjs", Port, "secret", authority.File);
        Assert.Equal(0, (await program.WaitForAsync("bind")).GetProperty("status").GetInt32());
        await program.TellAsync(Submit("over TLS"));
        Assert.Equal("over TLS", (await _messages.Outgoing.Reader.ReadAsync()).Text);
    }

    private static object Submit(object message) => new { command = "submit_sm", source_addr = Number[1..], source_addr_ton = 1, dest_addr_ton = 1, destination_addr = "12125550100", registered_delivery = 1, short_message = message };

    private async Task StartAsync(StoreProvider provider, Func<SmppAccount, SmppAccount>? change = null, TlsCertificate? certificate = null)
    {
        _database = await TestDatabase.CreateAsync(provider);
        _store = await ServiceStore.OpenAsync(_database.Options);
        _messages = new FakeMessages(_store);
        StoreResult<Tenant> tenant = await new Tenants(_store).CreateAsync("acme", "test");
        _tenant = tenant.Value!.Id;
        var account = new SmppAccount("crm", [.. SHA256.HashData(Encoding.UTF8.GetBytes("secret"))], "acme") { Numbers = [Number] };
        var options = new SmppOptions { Server = new SmppServerOptions(new IPEndPoint(IPAddress.Loopback, 0)) { Accounts = [change?.Invoke(account) ?? account], Certificate = certificate } };
        _service = SmppService.Start(options, _store, _folder.Path, _messages, _messages, NullLoggerFactory.Instance);
    }
}
