namespace MediaCore.Primitives.Tests;

public sealed class SessionHandleTests
{
    [Theory]
    [InlineData(0, 0, 1u, 0x00_000000_00000001ul)]
    [InlineData(1, 2, 3u, 0x01_000002_00000003ul)]
    [InlineData(255, 0xffffff, uint.MaxValue, ulong.MaxValue)]
    public void Parts_PackAsDrawn(int shard, int slot, uint generation, ulong packed)
    {
        SessionHandle handle = new(shard, slot, generation);
        Assert.Equal(packed, handle.Packed);
        Assert.Equal(handle, SessionHandle.FromPacked(packed));
        Assert.Equal((shard, slot, generation), (handle.Shard, handle.Slot, handle.Generation));
        (int shard2, int slot2, uint generation2) = handle;
        Assert.Equal((shard, slot, generation), (shard2, slot2, generation2));
        Assert.False(handle.IsNone);
        Assert.Equal($"{shard}/{slot}#{generation}", handle.ToString());
        Assert.Equal($"{shard}/{slot}#{generation}", $"{handle}");
    }

    [Fact]
    public void Default_IsNone()
    {
        Assert.True(default(SessionHandle).IsNone);
        Assert.Equal(SessionHandle.None, default);
        Assert.Equal("none", $"{default(SessionHandle)}");
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(256, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 0x1000000)]
    public void PartThatDoesNotFit_IsRefused(int shard, int slot) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionHandle(shard, slot, 1));
}
