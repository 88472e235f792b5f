using System.Text;
using System.Xml.Linq;
using MediaCore.Engine.Subscriptions;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Tests.Subscriptions;

public sealed class NotificationBodyTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a&b<c>d\"e'f", "a&amp;b&lt;c&gt;d&quot;e&apos;f")]
    [InlineData("]]>", "]]&gt;")]
    [InlineData("tab\tnul\0", "tab?nul?")]
    [InlineData("Grüße 🙂", "Grüße 🙂")]
    [InlineData("\uFFFE\uFFFF", "??")]
    public void Text_IsEscaped(string text, string expected) => Assert.Equal(expected, Escape(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Text_ThatIsNotUtf8_StaysADocument() => Assert.Equal("a?b", Escape([(byte)'a', 0xFF, (byte)'b']));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Document_OfAnyBytes_IsWellFormed(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            byte[] name = new byte[random.Next(64)];
            byte[] uri = new byte[1 + random.Next(64)];
            random.NextBytes(name);
            random.NextBytes(uri);
            byte[] buffer = new byte[8192];
            var writer = new SipWriter(buffer);
            DialogView[] dialogs = [new() { Account = "bob", Id = "x-1", Shard = 0, IsInitiator = false, Phase = DialogPhase.Early, RemoteUri = uri, RemoteName = name }];
            NotificationBody.WriteDialogs(ref writer, uri, round, dialogs);
            Assert.False(writer.Overflowed);
            Assert.Equal(round.ToString(), XDocument.Parse(Encoding.UTF8.GetString(writer.Written)).Root!.Attribute("version")!.Value);
        }
    }

    [Fact]
    public void LargestDocument_FitsADatagram()
    {
        byte[] text = new byte[SubscriptionLimits.MaxIdentityBytes];
        text.AsSpan().Fill((byte)'x');
        var writer = new SipWriter(new byte[65_535]);
        NotificationBody.WriteDialogs(ref writer, text, 1, Enumerable.Range(0, SubscriptionLimits.MaxDialogs).Select(i =>
            new DialogView { Account = "bob", Id = $"{new string('0', 26)}-{i}", Shard = 0, IsInitiator = true, Phase = DialogPhase.Confirmed, RemoteUri = text, RemoteName = text }));
        Assert.False(writer.Overflowed);
        Assert.InRange(writer.Length, 1, 40_000);
    }

    private static string Escape(byte[] text)
    {
        var writer = new SipWriter(new byte[1024]);
        NotificationBody.Escape(ref writer, text);
        return Encoding.UTF8.GetString(writer.Written);
    }
}
