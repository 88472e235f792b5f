using FsCheck.Xunit;

namespace MediaCore.Primitives.Tests;

public sealed class SequenceNumberTests
{
    public static TheoryData<ushort> WrapPoints => [0, 1, 32767, 32768, 65534, 65535];

    [Theory]
    [MemberData(nameof(WrapPoints))]
    public void SuccessorIsAfter_AtEveryWrapPoint(ushort value)
    {
        SequenceNumber number = new(value);
        Assert.True(number < number.Next);
        Assert.True(number.Next > number);
        Assert.False(number > number.Next);
        Assert.Equal(1, number.Next - number);
        Assert.Equal(-1, number - number.Next);
        Assert.Equal(unchecked((ushort)(value + 1)), number.Next.Value);
        Assert.Equal(number.Next, SequenceNumber.Max(number, number.Next));
        Assert.Equal(number.Next, SequenceNumber.Max(number.Next, number));
    }

    [Theory]
    [MemberData(nameof(WrapPoints))]
    public void FarthestComparableIs32767_AndHalfTheCircleIsUndefined(ushort value)
    {
        SequenceNumber number = new(value);
        SequenceNumber farthest = number + 32767;
        Assert.True(number < farthest);
        Assert.Equal(32767, farthest - number);

        SequenceNumber opposite = number + 32768;
        Assert.False(number < opposite);
        Assert.False(number > opposite);
        Assert.False(number <= opposite);
        Assert.False(number >= opposite);
        Assert.Equal(-32768, opposite - number);
        Assert.Equal(-32768, number - opposite);

        Assert.True(number + 32769 < number);
    }

    [Theory]
    [MemberData(nameof(WrapPoints))]
    public void Equal_IsNeitherBeforeNorAfter(ushort value)
    {
        SequenceNumber number = new(value);
        SequenceNumber same = number + 65536;
        Assert.Equal(number, same);
        Assert.False(number < same);
        Assert.False(number > same);
        Assert.True(number <= same);
        Assert.True(number >= same);
    }

    [Property]
    public void AddingTheDistance_LeadsThere(ushort from, ushort to)
    {
        SequenceNumber origin = new(from);
        SequenceNumber target = new(to);
        Assert.Equal(target, origin + (target - origin));
        Assert.Equal(origin, target - (target - origin));
    }

    [Property]
    public void Order_IsAntisymmetric(ushort left, ushort right)
    {
        SequenceNumber a = new(left);
        SequenceNumber b = new(right);
        Assert.False(a < b && b < a);
        Assert.Equal(a < b, b > a);
        Assert.Equal(a != b && a - b != -32768, (a < b) ^ (b < a));
    }

    [Fact]
    public void Text_IsThePlainNumber() => Assert.Equal("65535", new SequenceNumber(65535).ToString());
}
