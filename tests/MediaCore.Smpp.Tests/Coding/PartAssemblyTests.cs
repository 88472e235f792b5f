using MediaCore.Smpp.Coding;

namespace MediaCore.Smpp.Tests.Coding;

public sealed class PartAssemblyTests
{
    private readonly ManualTime _time = new();
    private readonly PartAssembly _assembly;

    public PartAssemblyTests() => _assembly = new PartAssembly(_time);

    [Fact]
    public void Parts_InAnyOrderAndTwice_GiveTheMessageOnce()
    {
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 3, 3), "three", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 3, 1), "one ", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 3, 1), "one ", out _));
        Assert.True(_assembly.TryComplete("a", "b", new Concatenation(1, 3, 2), "two ", out string? whole));
        Assert.Equal("one two three", whole);
        Assert.Equal(0, _assembly.Count);
        Assert.Null(_assembly.NextDeadline);
    }

    [Fact]
    public void Parts_OfOtherSendersReceiversAndReferences_AreKeptApart()
    {
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 2, 1), "x", out _));
        Assert.False(_assembly.TryComplete("c", "b", new Concatenation(1, 2, 2), "x", out _));
        Assert.False(_assembly.TryComplete("a", "c", new Concatenation(1, 2, 2), "x", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(2, 2, 2), "x", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 3, 2), "x", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 2, 2, IsWide: true), "x", out _));
        Assert.Equal(6, _assembly.Count);
    }

    [Fact]
    public void MessageWhosePartsStayAway_IsGivenUp_WithWhatThereIs()
    {
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 4, 1), "begin ", out _));
        _time.Advance(PartAssembly.Patience - TimeSpan.FromSeconds(1));
        Assert.False(_assembly.TryTakeLost(out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 4, 4), " end", out _));
        _time.Advance(PartAssembly.Patience - TimeSpan.FromTicks(1));
        Assert.False(_assembly.TryTakeLost(out _));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(_time.GetUtcNow(), _assembly.NextDeadline);
        Assert.True(_assembly.TryTakeLost(out PartialText? lost));
        Assert.Equal(new PartialText("a", "b", "begin […] end", 2, 4) { Reference = 1 }, lost);
        Assert.False(_assembly.TryTakeLost(out _));
        Assert.Equal(0, _assembly.Count);
    }

    [Fact]
    public void ReferenceThatHasComeAround_BeginsTheNextMessage()
    {
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 2, 1), "old ", out _));
        Assert.False(_assembly.TryComplete("a", "b", new Concatenation(1, 2, 1), "new ", out _));
        Assert.True(_assembly.TryComplete("a", "b", new Concatenation(1, 2, 2), "words", out string? whole));
        Assert.Equal("new words", whole);
        Assert.True(_assembly.TryTakeLost(out PartialText? lost));
        Assert.Equal("old […]", lost.Text);
    }

    [Fact]
    public void MoreMessagesThanTheBound_GiveTheOldestUp()
    {
        for (int i = 0; i <= PartAssembly.MaxMessages; i++)
        {
            _assembly.TryComplete("a", "b", new Concatenation((ushort)i, 2, 1, IsWide: true), $"{i}", out _);
        }

        Assert.Equal(PartAssembly.MaxMessages, _assembly.Count);
        Assert.True(_assembly.TryTakeLost(out PartialText? lost));
        Assert.Equal("0[…]", lost.Text);
    }

    [Fact]
    public void PartThatCannotBe_IsAMistakeOfTheCaller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _assembly.TryComplete("a", "b", new Concatenation(1, 2, 3), "x", out _));
}
