using System.Text.Json;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Numbers.Tests.Databases;
using MediaCore.Smpp.Coding;
using MediaCore.Wire.Tests;
using MediaCore.Wire.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>Against a centre that others wrote: the npm package smpp.</summary>
public sealed class SmppCarrierTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private NodePeer _centre = null!;
    private TestDatabase _database = null!;
    private ServiceStore _store = null!;
    private FakeMessages _messages = null!;
    private SmppService _service = null!;
    private ushort _port;

    private SmppCarrier Carrier => _service.Carriers[0];

    public async Task InitializeAsync()
    {
        _centre = NodePeer.Start("centre.cjs");
        _port = (await _centre.WaitForAsync("listening")).GetProperty("port").GetUInt16();
        _database = await TestDatabase.CreateAsync(StoreProvider.Sqlite);
        _store = await ServiceStore.OpenAsync(_database.Options);
        _messages = new FakeMessages(_store);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _centre.DisposeAsync();
        await _store.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Short, and a € sign", "+15557654321", 1, 0)]
    [InlineData("Привет 👍", "ACME", 5, 8)]
    public async Task Message_IsSubmitted_WithItsCodingAndAddresses(string text, string from, int ton, int coding)
    {
        CarrierAnswer answer = await Carrier.SendAsync(PartsOf(text, from).Single());
        JsonElement submit = await _centre.WaitForAsync("submit");
        Assert.Equal(new CarrierAnswer(CarrierStatus.Accepted, submit.GetProperty("id").GetString()), answer);
        Assert.Equal(text, submit.GetProperty("text").GetString());
        Assert.Equal((ton, coding, 1), (submit.GetProperty("ton").GetInt32(), submit.GetProperty("coding").GetInt32(), submit.GetProperty("registered").GetInt32()));
        Assert.Equal((from.TrimStart('+'), "12125550100"), (submit.GetProperty("from").GetString(), submit.GetProperty("to").GetString()));
    }

    [Fact]
    public async Task LongMessage_IsSubmittedInParts_EachWithAnIdOfItsOwn()
    {
        string text = string.Concat(Enumerable.Repeat("long 👍 text ", 12));
        MessagePart[] parts = PartsOf(text, "+15557654321");
        CarrierAnswer[] answers = await Task.WhenAll(parts.Select(part => Carrier.SendAsync(part)));
        Assert.All(answers, answer => Assert.Equal(CarrierStatus.Accepted, answer.Status));
        Assert.Equal(parts.Length, answers.DistinctBy(answer => answer.ProviderId).Count());
        string read = "";
        for (int i = 1; i <= parts.Length; i++)
        {
            JsonElement submit = await _centre.WaitForAsync("submit", i);
            Assert.Equal($"0003 2A{parts.Length:X2}{i:X2}".Replace(" ", "", StringComparison.Ordinal), submit.GetProperty("header").GetString(), ignoreCase: true);
            read += submit.GetProperty("text").GetString();
        }

        Assert.Equal(text, read);
    }

    [Fact]
    public async Task ReceiptsAndMessages_ComeIn_TheirPartsInAnyOrder()
    {
        await _centre.TellAsync(new { deliver = new { esm_class = 4, source_addr = "12125550100", destination_addr = "15557654321", short_message = "id:0000001B sub:001 dlvrd:001 submit date:2603020830 done date:2603020831 stat:DELIVRD err:000 text:x" } });
        Assert.Equal(new DeliveryReceipt("main", "0000001B", MessageState.Delivered), await _messages.Receipts.Reader.ReadAsync());
        await _centre.TellAsync(new { deliver = new { esm_class = 4, source_addr = "12125550100", destination_addr = "15557654321", receipted_message_id = "1C", message_state = 5, short_message = "whatever" } });
        Assert.Equal(new DeliveryReceipt("main", "1C", MessageState.Undelivered, "UNDELIV"), await _messages.Receipts.Reader.ReadAsync());

        await DeliverPartAsync(2, "and the end 👍");
        Assert.Equal(0, (await _centre.WaitForAsync("answer", 3)).GetProperty("status").GetInt32());
        Assert.Single(Directory.GetFiles(_folder.Combine("smpp-parts")));

        // The server is started anew between two parts: the first is on the disk.
        await _service.DisposeAsync();
        await _centre.WaitForAsync("unbind");
        await StartAsync();
        await DeliverPartAsync(1, "Begin ");
        IncomingText whole = await _messages.Incoming.Reader.ReadAsync();
        Assert.Equal(new IncomingText("main", "+12125550100", "15557654321", "Begin and the end 👍") { Segments = 2 }, whole with { Media = [] }, EqualityComparer<IncomingText>.Create((a, b) => a!.ToString() == b!.ToString()));
        await _centre.WaitForAsync("answer", 4);
        Assert.Empty(Directory.GetFiles(_folder.Combine("smpp-parts")));
    }

    [Fact]
    public async Task WhatTheDatabaseDoesNotTake_IsBroughtAgain()
    {
        _messages.Next = IntakeStatus.Later;
        await DeliverPartAsync(1, "a");
        await DeliverPartAsync(2, "b");
        Assert.Equal(0, (await _centre.WaitForAsync("answer", 1)).GetProperty("status").GetInt32());
        Assert.Equal(0x64, (await _centre.WaitForAsync("answer", 2)).GetProperty("status").GetInt32());
        await DeliverPartAsync(2, "b");
        Assert.Equal("ab", (await _messages.Incoming.Reader.ReadAsync()).Text);
        _messages.Next = IntakeStatus.Unknown;
        await _centre.TellAsync(new { deliver = new { source_addr = "1", destination_addr = "2", short_message = "x" } });
        Assert.Equal(0x65, (await _centre.WaitForAsync("answer", 4)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task CentreThatThrottles_IsLeftAlone_AndOneThatRefusesIsBelieved()
    {
        await _centre.TellAsync(new { throttle = 1 });
        MessagePart part = PartsOf("x", "+15557654321").Single();
        CarrierAnswer answer = await Carrier.SendAsync(part);
        Assert.Equal((CarrierStatus.Later, "ESME_RTHROTTLED"), (answer.Status, answer.Error));
        Assert.NotNull(answer.RetryAfter);

        // The pause of a second is waited out here.
        Assert.Equal(CarrierStatus.Accepted, (await Carrier.SendAsync(part)).Status);
        Assert.Equal(new CarrierAnswer(CarrierStatus.Refused, Error: "ESME_RINVDSTADR"), await Carrier.SendAsync(part with { To = "000" }));
    }

    [Fact]
    public async Task ConnectionThatBreaks_IsMadeAnew()
    {
        await _centre.TellAsync(new { drop = true });
        await _centre.WaitForAsync("bound", 2);
        await Eventually.IsAsync(() => Carrier.IsBound, static bound => bound, "bound again");
        Assert.Equal(CarrierStatus.Accepted, (await Carrier.SendAsync(PartsOf("x", "+15557654321").Single())).Status);
    }

    [Fact]
    public async Task Pair_BindsTwice_AndAWrongPasswordIsNotBound()
    {
        var options = new SmppOptions
        {
            Centres = [new SmppCentre("pair", "127.0.0.1", _port, "me", "secret") { Mode = SmppBindMode.Pair }, new SmppCentre("wrong", "127.0.0.1", _port, "me", "wrong")],
        };
        await using SmppService other = SmppService.Start(options, _store, _folder.Combine("other"), _messages, _messages, NullLoggerFactory.Instance);
        await _centre.WaitForAsync("bound", 3);
        await _centre.WaitForAsync("refused");
        await Eventually.IsAsync(() => other.Carriers[0].IsBound, static bound => bound, "bound twice");
        Assert.Equal(CarrierStatus.Accepted, (await other.Carriers[0].SendAsync(PartsOf("x", "+15557654321").Single())).Status);
        Assert.Equal((CarrierStatus.Later, "not bound"), ((await other.Carriers[1].SendAsync(PartsOf("x", "+1").Single())) is var answer ? (answer.Status, answer.Error) : default));
    }

    private static MessagePart[] PartsOf(string text, string from)
    {
        TextSegments segments = TextSegments.Of(text);
        var id = Guid.CreateVersion7();
        return [.. segments.Parts.Select((part, i) => new MessagePart(id, i, segments.Parts.Length, from, "+12125550100", part) { Reference = 0x2A, IsUcs2 = segments.Coding == TextCoding.Ucs2 })];
    }

    private Task DeliverPartAsync(byte sequence, string text)
    {
        byte[] data = new Concatenation(7, 2, sequence).Write(ShortText.Encode(text, TextCoding.Ucs2));
        return _centre.TellAsync(new { deliver = new { esm_class = 0x40, source_addr_ton = 1, source_addr = "12125550100", destination_addr = "15557654321", data_coding = 8, hex = Convert.ToHexString(data) } });
    }

    private async Task StartAsync()
    {
        var options = new SmppOptions { Centres = [new SmppCentre("main", "127.0.0.1", _port, "me", "secret")] };
        _service = SmppService.Start(options, _store, _folder.Path, _messages, _messages, NullLoggerFactory.Instance);
        await Eventually.IsAsync(() => Carrier.IsBound, static bound => bound, "bound");
    }
}
