using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MediaCore.Engine.Ng;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>Cookie, bencode and JSON: what is read, what is refused, and that reading undoes writing.</summary>
public sealed class NgMessageTests
{
    private static NgMessageStatus Parse(string text, out NgMessage message) => NgMessage.Parse(Encoding.Latin1.GetBytes(text), out message);

    [Theory]
    [InlineData("5323_1 d7:command4:pinge", false)]
    [InlineData("5323_1 {\"command\":\"ping\"}", true)]
    [InlineData("5323_1 { \"command\" : \"pi\\u006eg\" , \"x\": null }\r\n", true)]
    public void Ping_InBothEncodings_IsAnsweredInItsOwn(string text, bool isJson)
    {
        Assert.Equal(NgMessageStatus.Ok, Parse(text, out NgMessage message));
        Assert.Equal(("5323_1", isJson, "ping"), (message.Cookie, message.IsJson, message.Content["command"]!.Text));
        Assert.Equal(1, message.Content.Count);
        string answer = Encoding.Latin1.GetString(new NgMessage(message.Cookie, message.IsJson, NgAnswers.With("pong")).Write());
        Assert.Equal(isJson ? "5323_1 {\"result\":\"pong\"}" : "5323_1 d6:result4:ponge", answer);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" d7:command4:pinge")]
    [InlineData("cookie")]
    [InlineData("d7:command4:pinge")]
    public void WithoutACookie_NobodyIsAnswered(string text) => Assert.Equal(NgMessageStatus.NoCookie, Parse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("le")]
    [InlineData("i1e")]
    [InlineData("d")]
    [InlineData("d7:command4:ping")]
    [InlineData("d7:command4:pingee")]
    [InlineData("d7:commandi1x2ee")]
    [InlineData("d7:commandi+1ee")]
    [InlineData("d7:commandie")]
    [InlineData("d7:commandi99999999999999999999ee")]
    [InlineData("d7:command999999:pinge")]
    [InlineData("d7:command65508:pinge")]
    [InlineData("d-1:e")]
    [InlineData("d1:ae")]
    [InlineData("di1e1:ae")]
    [InlineData("d:1e")]
    [InlineData("{")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1.5}")]
    [InlineData("{\"a\":1e9}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"\\ud800\\u0041\"}")]
    [InlineData("{\"a\":\"b}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("{\"a\":\"b\"} x")]
    [InlineData("[1]")]
    public void Malformed_IsKnownWithItsCookie(string body)
    {
        Assert.Equal(NgMessageStatus.Malformed, Parse("7 " + body, out NgMessage message));
        Assert.Equal("7", message.Cookie);
    }

    [Fact]
    public void DepthAndNumberOfValues_AreBounded()
    {
        Assert.Equal(NgMessageStatus.Ok, Parse("c d1:a" + new string('l', NgLimits.MaxDepth - 1) + new string('e', NgLimits.MaxDepth - 1) + "e", out _));
        Assert.Equal(NgMessageStatus.Malformed, Parse("c d1:a" + new string('l', NgLimits.MaxDepth) + new string('e', NgLimits.MaxDepth) + "e", out _));
        Assert.Equal(NgMessageStatus.Malformed, Parse("c d1:a" + new string('l', 30_000), out _));
        Assert.Equal(NgMessageStatus.Malformed, Parse("c {\"a\":" + new string('[', 30_000), out _));
        Assert.Equal(NgMessageStatus.Malformed, Parse("c d1:al" + string.Concat(Enumerable.Repeat("1:a", NgLimits.MaxValues)) + "ee", out _));
        Assert.Equal(NgMessageStatus.NoCookie, Parse(new string('c', NgLimits.MaxCookieBytes + 1) + " d7:command4:pinge", out _));
    }

    [Fact]
    public void OfAKeyThatComesTwice_TheFirstCounts()
    {
        Parse("c d1:a1:b1:a1:ce", out NgMessage message);
        Assert.Equal("b", message.Content["a"]!.Text);
        Parse("c {\"a\":\"b\",\"a\":\"c\"}", out message);
        Assert.Equal("b", message.Content["a"]!.Text);
    }

    [Fact]
    public void TextsOfJson_AreUtf8_AndComeBackAsTheyWere()
    {
        Parse("c {\"a\":\"\\u00e9\\ud83d\\ude00 \\\"\\\\\\n\"}", out NgMessage message);
        Assert.Equal("é😀 \"\\\n", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(message.Content["a"]!.Text)));
        Assert.Equal("c {\"a\":\"é😀 \\u0022\\u005c\\u000a\"}", Encoding.UTF8.GetString(message.Write()));
    }

    [Property(MaxTest = 200)]
    public Property Reading_UndoesWriting_InBothEncodings() => Prop.ForAll(Dictionaries().Resize(16).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), static (dictionary, isJson) =>
    {
        byte[] bytes = new NgMessage("c", isJson, dictionary).Write();
        return NgMessage.Parse(bytes, out NgMessage read) == NgMessageStatus.Ok && read.IsJson == isJson && read.Write().AsSpan().SequenceEqual(bytes);
    });

    [Property(MaxTest = 500)]
    public Property AnyBytes_AreReadOrRefused_AndTheRequestReaderTakesWhatIsRead() => Prop.ForAll(Hostile().ToArbitrary(), static bytes =>
    {
        if (NgMessage.Parse(bytes, out NgMessage message) == NgMessageStatus.Ok)
        {
            NgRequest request = NgRequestReader.Read(message.Content);
            return request.Warnings.Count <= NgLimits.MaxWarnings && request.CallId.Length <= NgLimits.MaxIdentifierBytes;
        }

        return true;
    });

    private static Gen<NgDictionary> Dictionaries() =>
        from keys in Gen.ListOf(Texts().Where(static t => t.Length > 0))
        from values in Gen.ListOf(Values(3), keys.Count)
        select keys.Zip(values).Aggregate(new NgDictionary(), static (d, pair) =>
        {
            d.TryAdd(pair.First, pair.Second);
            return d;
        });

    // ASCII: other bytes change their form in JSON once, from Latin-1 to UTF-8.
    private static Gen<string> Texts() => Gen.Choose(0, 127).Select(static c => (char)c).ArrayOf().Select(static chars => new string(chars));

    private static Gen<NgValue> Values(int depth) => depth == 0
        ? Texts().Select(static t => (NgValue)t)
        : Gen.OneOf(
            Texts().Select(static t => (NgValue)t),
            Gen.Choose(int.MinValue, int.MaxValue).Select(static n => (NgValue)(long)n),
            Gen.ListOf(Values(0)).Select(static items => NgValue.Of([.. items])),
            Values(depth - 1).Select(static inner => (NgValue)new NgDictionary { ["x"] = inner }));

    /// <summary>A good request with bytes changed, cut, and doubled.</summary>
    private static Gen<byte[]> Hostile()
    {
        byte[][] seeds =
        [
            Encoding.Latin1.GetBytes("1_2 d7:command5:offer7:call-id3:abc8:from-tag1:a5:flagsl11:trust-address8:ptime=30e5:codecd5:stripl4:PCMUee9:directionl3:pub4:prive3:sdp4:v=0\ne"),
            Encoding.Latin1.GetBytes("1_2 {\"command\":\"offer\",\"call-id\":\"abc\",\"from-tag\":\"a\",\"flags\":[\"trust-address\",\"SDES-no-AES_CM_128_HMAC_SHA1_32\"],\"codec\":{\"mask\":[\"all\"]},\"received-from\":[\"IP4\",\"1.2.3.4\"]}"),
        ];
        return from seed in Gen.Elements(seeds)
               from edits in Gen.ListOf(Gen.Choose(0, seed.Length - 1).SelectMany(static at => Gen.Choose(0, 255).Select(value => (At: at, Value: (byte)value))))
               from length in Gen.Choose(0, seed.Length)
               from isCut in Gen.Elements(false, false, true)
               select Edit(seed, edits, isCut ? length : seed.Length);
    }

    private static byte[] Edit(byte[] seed, IEnumerable<(int At, byte Value)> edits, int length)
    {
        byte[] copy = [.. seed];
        foreach ((int at, byte value) in edits.Take(6))
        {
            copy[at] = value;
        }

        return copy[..length];
    }
}
