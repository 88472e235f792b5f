using System.Text;

namespace MediaCore.Primitives.Tests;

public sealed class PiiTests
{
    private const string Number = "+12025550100";

    [Fact]
    public void EveryTextForm_IsTheSameSixDigits_AndNotTheNumber()
    {
        Pii<string> pii = new(Number);
        string text = pii.ToString();
        Assert.Matches("^pii:[0-9a-f]{6}$", text);
        Assert.Equal(text, $"{pii}");
        Assert.Equal(text, $"{pii:Value}");
        Assert.Equal(text, pii.ToString("G", null));
        Assert.Equal(text, string.Concat("", pii));

        Span<char> characters = stackalloc char[10];
        Assert.True(pii.TryFormat(characters, out int written, "X", null));
        Assert.Equal(text, characters[..written].ToString());

        Span<byte> bytes = stackalloc byte[10];
        Assert.True(pii.TryFormat(bytes, out written, default, null));
        Assert.Equal(text, Encoding.ASCII.GetString(bytes[..written]));

        Assert.False(pii.TryFormat(characters[..9], out _, default, null));
    }

    [Fact]
    public void EqualValues_Join_AndOthersDoNot()
    {
        Assert.Equal(new Pii<string>(Number).ToString(), new Pii<string>(new string(Number)).ToString());
        int distinct = Enumerable.Range(0, 200).Select(i => new Pii<string>($"+1202555{i:D4}").ToString()).Distinct().Count();
        // 200 of 2^24: a collision has a chance of 0.1 %, five of them none worth mentioning.
        Assert.InRange(distinct, 196, 200);
    }

    [Fact]
    public void NumberAsTextOrAsValue_Joins() => Assert.Equal(new Pii<string>("12025550100").ToString(), new Pii<long>(12025550100).ToString());

    [Fact]
    public void OwnerOfTheRightTo_ReadsTheValue() => Assert.Equal(Number, new Pii<string>(Number).Value);

    [Fact]
    public void Null_IsFormattedToo() => Assert.Matches("^pii:[0-9a-f]{6}$", new Pii<string?>(null).ToString());

    [Fact]
    public void ValueLongerThanTheBuffer_IsHashedWhole() =>
        Assert.NotEqual(new Pii<Text>(new(new string('1', 300) + "a")).ToString(), new Pii<Text>(new(new string('1', 300) + "b")).ToString());

    private readonly record struct Text(string Value) : ISpanFormattable
    {
        public override string ToString() => Value;

        public string ToString(string? format, IFormatProvider? formatProvider) => Value;

        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
            destination.TryWrite($"{Value}", out charsWritten);
    }
}
