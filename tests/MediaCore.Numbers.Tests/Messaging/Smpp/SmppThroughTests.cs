using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Smpp.Coding;
using MediaCore.Wire.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>The whole way of a message: a program binds and sends, a centre gets it and tells what became of it, and all between is ours. Both peers are the npm package smpp.</summary>
public sealed class SmppThroughTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private NodePeer _centre = null!;
    private MessageTestBed _bed = null!;
    private SmppService _service = null!;

    private static string Number => MessageTestBed.Number[1..];

    private static string Peer => MessageTestBed.Peer[1..];

    public async Task InitializeAsync()
    {
        _centre = NodePeer.Start("centre.cjs");
        ushort port = (await _centre.WaitForAsync("listening")).GetProperty("port").GetUInt16();
        _bed = await MessageTestBed.CreateAsync(StoreProvider.Sqlite, isLive: true);
        var account = new SmppAccount("crm", [.. SHA256.HashData(Encoding.UTF8.GetBytes("secret"))], "acme") { Numbers = [MessageTestBed.Number] };
        var options = new SmppOptions
        {
            Centres = [new SmppCentre("centre", "127.0.0.1", port, "me", "secret")],
            Server = new SmppServerOptions(new IPEndPoint(IPAddress.Loopback, 0)) { Accounts = [account] },
        };
        _service = SmppService.Start(options, _bed.Store, _folder.Path, _bed.Intake, _bed.Desk, NullLoggerFactory.Instance);
        _bed.Dispatch.Add(_service.Carriers[0]);
        _bed.Dispatch.Start();
        await _centre.WaitForAsync("bound");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _bed.DisposeAsync();
        await _centre.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Scenario16_ALongTextWithAnEmoji_IsDeliveredByDecimalReceipts_AndAfterStopRefused()
    {
        await using NodePeer program = await BindAsync();
        string text = new string('a', 66) + "😀" + new string('b', 93);
        string[] sent = [.. TextSegments.Of(text).Parts];
        Assert.Equal((161, 3), (text.Length, sent.Length));
        List<string> ids = [];
        for (int i = 0; i < sent.Length; i++)
        {
            ids.Add((await SubmitAsync(program, i + 1, new { udh = $"0500032A03{i + 1:X2}", message = sent[i] })).Id);
        }

        // The centre gets it in parts that are cut anew, and never within the emoji.
        JsonElement[] parts = [await _centre.WaitForAsync("submit", 1), await _centre.WaitForAsync("submit", 2), await _centre.WaitForAsync("submit", 3)];
        Assert.Equal(text, string.Concat(parts.OrderBy(static part => part.GetProperty("header").GetString()![^2..]).Select(static part => part.GetProperty("text").GetString())));
        Assert.All(parts, part => Assert.Equal((8, Peer, Number), (part.GetProperty("coding").GetInt32(), part.GetProperty("to").GetString(), part.GetProperty("from").GetString())));

        // It has answered in hexadecimal with zeros, and tells in decimal.
        foreach (JsonElement part in parts)
        {
            string told = Convert.ToInt64(part.GetProperty("id").GetString(), 16).ToString(CultureInfo.InvariantCulture);
            await _centre.TellAsync(new { deliver = new { esm_class = 4, source_addr = Peer, destination_addr = Number, short_message = $"id:{told} sub:001 dlvrd:001 submit date:2603020830 done date:2603020831 stat:DELIVRD err:000 text:aaa" } });
        }

        JsonElement[] receipts = [await program.WaitForAsync("deliver", 1), await program.WaitForAsync("deliver", 2), await program.WaitForAsync("deliver", 3)];
        Assert.Equal(ids.Order(StringComparer.Ordinal), receipts.Select(static receipt => receipt.GetProperty("receipted").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(receipts, static receipt => Assert.Equal(2, receipt.GetProperty("state").GetInt32()));

        // STOP is answered, told to the program, and obeyed; START opens again.
        await _centre.TellAsync(new { deliver = new { source_addr = Peer, source_addr_ton = 1, destination_addr = Number, short_message = "Stop" } });
        Assert.Equal("Stop", (await program.WaitForAsync("deliver", 4)).GetProperty("text").GetString());
        Assert.Contains("no more messages", (await _centre.WaitForAsync("submit", 4)).GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(0x45, (await SubmitAsync(program, 4, "again")).Status);
        await _centre.TellAsync(new { deliver = new { source_addr = Peer, source_addr_ton = 1, destination_addr = Number, short_message = "START" } });
        await _centre.WaitForAsync("submit", 5);
        Assert.Equal(0, (await SubmitAsync(program, 5, "again")).Status);
        Assert.Equal("again", (await _centre.WaitForAsync("submit", 6)).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Scheduled_IsReplacedAndWithdrawn_WhileItWaits_AndNotAfter()
    {
        await using NodePeer program = await BindAsync();
        (string wide, _) = await SubmitAsync(program, 1, new { message = "later, later" }, coding: 8, schedule: "000000010000000R");
        (string plain, _) = await SubmitAsync(program, 2, "to be withdrawn", schedule: "000000010000000R");
        await SubmitAsync(program, 3, "and this", schedule: "000000010000000R");

        // The words come in the coding of the message, and it is due at once; another sender is not who sent it.
        string words = Convert.ToHexString(ShortText.Encode("sooner ✓", TextCoding.Ucs2));
        Assert.Equal(0x13, await ChangeAsync(program, 1, new { command = "replace_sm", message_id = wide, source_addr = "19998887777", source_addr_ton = 1, hex = words }));
        Assert.Equal(0, await ChangeAsync(program, 2, new { command = "replace_sm", message_id = wide, source_addr = Number, source_addr_ton = 1, schedule_delivery_time = "000000000000000R", registered_delivery = 1, hex = words }));
        Assert.Equal("sooner ✓", (await _centre.WaitForAsync("submit")).GetProperty("text").GetString());
        Assert.Equal(0x13, await ChangeAsync(program, 3, new { command = "replace_sm", message_id = wide, source_addr = Number, source_addr_ton = 1, hex = words }));
        Assert.Equal(0x11, await CancelAsync(program, 1, new { command = "cancel_sm", message_id = wide, source_addr = Number, source_addr_ton = 1 }));

        Assert.Equal(0, await CancelAsync(program, 2, new { command = "cancel_sm", message_id = plain, source_addr = Number, source_addr_ton = 1 }));
        JsonElement receipt = await program.WaitForAsync("deliver");
        Assert.Equal((plain, 4), (receipt.GetProperty("receipted").GetString(), receipt.GetProperty("state").GetInt32()));
        Assert.Contains("stat:DELETED", receipt.GetProperty("text").GetString(), StringComparison.Ordinal);

        // All that waits of a sender to a receiver, and a second time nothing.
        object all = new { command = "cancel_sm", source_addr = Number, source_addr_ton = 1, dest_addr_ton = 1, destination_addr = Peer };
        Assert.Equal(0, await CancelAsync(program, 3, all));
        Assert.Equal(0x11, await CancelAsync(program, 4, all));
        Assert.Equal([MessageState.Sent, MessageState.Cancelled, MessageState.Cancelled], (await _bed.AllAsync<TextMessage>()).Select(static message => message.State));
    }

    private async Task<NodePeer> BindAsync()
    {
        NodePeer program = NodePeer.Start("program.cjs", $"{_service.Server!.Endpoint.Port}", "secret");
        Assert.Equal(0, (await program.WaitForAsync("bind")).GetProperty("status").GetInt32());
        return program;
    }

    /// <summary>The n-th message of a program, from 1.</summary>
    private static async Task<(string Id, int Status)> SubmitAsync(NodePeer program, int time, object message, int? coding = null, string schedule = "")
    {
        await program.TellAsync(new { command = "submit_sm", source_addr = Number, source_addr_ton = 1, dest_addr_ton = 1, destination_addr = Peer, registered_delivery = 1, schedule_delivery_time = schedule, data_coding = coding, short_message = message });
        JsonElement answer = await program.WaitForAsync("submit_sm", time);
        return (answer.TryGetProperty("id", out JsonElement id) ? id.GetString()! : "", answer.GetProperty("status").GetInt32());
    }

    private static Task<int> ChangeAsync(NodePeer program, int time, object command) => AskAsync(program, "replace_sm", time, command);

    private static Task<int> CancelAsync(NodePeer program, int time, object command) => AskAsync(program, "cancel_sm", time, command);

    private static async Task<int> AskAsync(NodePeer program, string word, int time, object command)
    {
        await program.TellAsync(command);
        return (await program.WaitForAsync(word, time)).GetProperty("status").GetInt32();
    }
}
