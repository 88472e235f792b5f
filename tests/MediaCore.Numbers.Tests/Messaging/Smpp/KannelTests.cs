using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Messaging;
using MediaCore.Numbers.Messaging.Smpp;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;
using MediaCore.Wire.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace MediaCore.Numbers.Tests.Messaging.Smpp;

/// <summary>Kannel as a program that is bound to our service: texts and reports both ways.</summary>
public sealed class KannelTests
{
    [Fact]
    public async Task Kannel_SendsAndGetsLongTextsWithEmoji_AndHearsWhatBecameOfThem()
    {
        using ScratchFolder folder = new();
        await using MessageTestBed bed = await MessageTestBed.CreateAsync(StoreProvider.Sqlite, isLive: true);
        var account = new SmppAccount("crm", [.. SHA256.HashData(Encoding.UTF8.GetBytes("secret"))], "acme") { Numbers = [MessageTestBed.Number] };
        var options = new SmppOptions { Server = new SmppServerOptions(new IPEndPoint(IPAddress.Loopback, 0)) { Accounts = [account] } };
        await using SmppService service = SmppService.Start(options, bed.Store, folder.Path, bed.Intake, bed.Desk, NullLoggerFactory.Instance);
        bed.Dispatch.Start();
        await using KannelGateway kannel = await KannelGateway.StartAsync(service.Server!.Endpoint.Port);

        // Kannel cuts it, we put it together and cut it anew for the centre.
        string text = new string('a', 66) + "😀" + new string('b', 93);
        await kannel.SendAsync("long", MessageTestBed.Number, MessageTestBed.Peer, text, isUnicode: true);
        await kannel.SendAsync("short", MessageTestBed.Number, MessageTestBed.Peer, "Ä plain text: 5 € @ [home]", isUnicode: false);
        await Wire.Tests.Eventually.IsAsync(() => bed.Carrier.Parts.Count, static count => count >= 4, "three parts and one at the centre");
        Assert.Equal(["Ä plain text: 5 € @ [home]", text], (await bed.AllAsync<TextMessage>()).Select(static message => message.Text).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(text, string.Concat(bed.Carrier.Parts.Where(static part => part.Count == 3).OrderBy(static part => part.Index).Select(static part => part.Text)));

        // The centre answered in hexadecimal and tells in decimal: Kannel hears once that it has been taken, and once what became of each part.
        await Wire.Tests.Eventually.IsAsync(() => bed.AllAsync<TextMessage>(), static all => all.All(static message => message.State == MessageState.Sent), "both are sent");
        foreach (TextMessage message in await bed.AllAsync<TextMessage>())
        {
            foreach (string id in message.ProviderIds.Split('\n'))
            {
                await bed.TellAsync(Convert.ToInt64(id, 16).ToString(CultureInfo.InvariantCulture), message.Segments > 1 ? MessageState.Delivered : MessageState.Undelivered, null);
            }
        }

        List<(string Name, int Kind)> reports = [];
        while (reports.Count(static one => one.Kind is 1 or 2) < 2)
        {
            (string name, int kind, _) = await kannel.Reports.Reader.ReadAsync().AsTask().WaitAsync(Wire.Tests.Eventually.Patience);
            reports.Add((name, kind));
        }

        Assert.Contains(("long", 1), reports);
        Assert.Contains(("short", 2), reports);

        // What comes in is cut by us and put together by Kannel.
        Assert.Equal(IntakeStatus.Taken, await bed.ReceiveAsync(text));
        Assert.Equal((MessageTestBed.Peer, MessageTestBed.Number, text), await kannel.Texts.Reader.ReadAsync().AsTask().WaitAsync(Wire.Tests.Eventually.Patience));
        Assert.Equal(IntakeStatus.Taken, await bed.ReceiveAsync("5 € & more"));
        Assert.Equal("5 € & more", (await kannel.Texts.Reader.ReadAsync().AsTask().WaitAsync(Wire.Tests.Eventually.Patience)).Text);
    }
}
