using FsCheck.Xunit;
using Grpc.Core;
using Grpc.Protocol;

namespace MediaCore.Grpc.Tests.Protocol;

public sealed class MetadataTests
{
    [Fact]
    public void Entries_AreFoundByName_TheLastOneFirst()
    {
        Metadata metadata = new() { { "Key", "one" }, { "other", "x" }, { "key", "two" }, { "data-bin", new byte[] { 1, 2 } } };
        Assert.Equal("two", metadata.GetValue("KEY"));
        Assert.Equal(["one", "two"], metadata.GetAll("key").Select(static e => e.Value));
        Assert.Equal([1, 2], metadata.GetValueBytes("data-bin"));
        Assert.Null(metadata.Get("none"));
        Assert.Equal("key", metadata[0].Key);
        Assert.Throws<InvalidOperationException>(() => metadata[3].Value);
    }

    [Theory]
    [InlineData("", "v")]
    [InlineData("with space", "v")]
    [InlineData("a:b", "v")]
    [InlineData("ü", "v")]
    [InlineData("data-bin", "v")]
    [InlineData("key", "line\nbreak")]
    [InlineData("key", "ü")]
    public void Text_ThatCannotBeSent_IsRefused(string key, string value) => Assert.Throws<ArgumentException>(() => new Metadata { { key, value } });

    [Fact]
    public void Bytes_NeedABinaryName() => Assert.Throws<ArgumentException>(() => new Metadata { { "key", new byte[1] } });

    [Fact]
    public void Empty_CannotBeChanged() => Assert.Throws<InvalidOperationException>(() => Metadata.Empty.Add("key", "value"));

    [Theory]
    [InlineData("AQID", 3)]
    [InlineData("AQ", 1)]
    [InlineData("AQ==", 1)]
    [InlineData("", 0)]
    public void BinaryHeader_IsRead_WithAndWithoutPadding(string text, int length) => Assert.Equal(length, Base64Text.TryDecode(text)!.Length);

    [Theory]
    [InlineData("A")]
    [InlineData("!!!!")]
    [InlineData("AQID=AQ")]
    public void BinaryHeader_ThatIsNoBase64_IsLeftOut(string text)
    {
        Assert.Null(Base64Text.TryDecode(text));
        Metadata metadata = [];
        MetadataHeaders.Add(metadata, "x-bin", text);
        Assert.Empty(metadata);
    }

    [Fact]
    public void BinaryHeader_JoinedWithCommas_IsSeveral()
    {
        Metadata metadata = [];
        MetadataHeaders.Add(metadata, "X-Bin", "AQ,AgM=, BA==");
        Assert.Equal([[1], [2, 3], [4]], metadata.Select(static e => e.ValueBytes));
    }

    [Theory]
    [InlineData("grpc-timeout")]
    [InlineData("content-type")]
    [InlineData("te")]
    [InlineData(":path")]
    public void HeadersOfTheProtocol_AreNoMetadata(string name)
    {
        Metadata metadata = [];
        MetadataHeaders.Add(metadata, name, "x");
        Assert.Empty(metadata);
    }

    [Property]
    public void Bytes_WrittenAndRead_AreTheSame(byte[] bytes)
    {
        string written = MetadataHeaders.ToHeaderValue(new Metadata.Entry("x-bin", bytes));
        Assert.DoesNotContain('=', written);
        Assert.Equal(bytes, Base64Text.TryDecode(written));
    }

    [Fact]
    public void ReceivedText_ThatCannotBeSentBack_DoesNotFail()
    {
        Metadata metadata = [];
        MetadataHeaders.Add(metadata, "x", "a\tü");
        Assert.Equal("a??", MetadataHeaders.ToHeaderValue(metadata[0]));
    }
}
