using FsCheck.Xunit;
using MediaCore.Tests;

namespace MediaCore.Primitives.Tests;

public sealed class SlotArrayTests
{
    [Fact]
    public void FreedSlot_GoesToTheNextTenant_AndTheOldHandleMisses()
    {
        SlotArray<object> slots = new(7, 4);
        object first = new();
        object second = new();
        SessionHandle old = slots.Allocate(first);
        Assert.True(slots.Free(old));
        SessionHandle current = slots.Allocate(second);

        Assert.Equal(old.Slot, current.Slot);
        Assert.Equal(old.Generation + 1, current.Generation);
        Assert.Equal(7, current.Shard);
        Assert.False(slots.TryGet(old, out _));
        Assert.False(slots.Free(old));
        Assert.True(slots.TryGet(current, out object? found));
        Assert.Same(second, found);
    }

    [Fact]
    public void AtTheMaximum_AllocateReturnsNone()
    {
        SlotArray<object> slots = new(0, 2);
        SessionHandle first = slots.Allocate(new object());
        slots.Allocate(new object());
        Assert.True(slots.Allocate(new object()).IsNone);
        Assert.Equal(2, slots.Count);
        slots.Free(first);
        Assert.False(slots.Allocate(new object()).IsNone);
    }

    [Fact]
    public void ForeignHandles_Miss()
    {
        SlotArray<object> slots = new(1, 2);
        SessionHandle handle = slots.Allocate(new object());
        Assert.False(slots.TryGet(SessionHandle.None, out _));
        Assert.False(slots.TryGet(new SessionHandle(2, handle.Slot, handle.Generation), out _));
        Assert.False(slots.TryGet(new SessionHandle(1, 2, 1), out _));
        Assert.False(slots.TryGet(new SessionHandle(1, 1, 1), out _));
        Assert.False(slots.TryGet(SessionHandle.FromPacked(ulong.MaxValue), out _));
    }

    [Property]
    public void AnySequenceOfOperations_AgreesWithADictionary(int[] choices)
    {
        SlotArray<string> slots = new(0, 5);
        Dictionary<SessionHandle, string> model = [];
        List<SessionHandle> everGiven = [];
        for (int i = 0; i < choices.Length; i++)
        {
            if ((choices[i] & 1) == 0 || everGiven.Count == 0)
            {
                string item = $"item {i}";
                SessionHandle handle = slots.Allocate(item);
                Assert.Equal(model.Count == 5, handle.IsNone);
                if (!handle.IsNone)
                {
                    Assert.DoesNotContain(handle, everGiven);
                    everGiven.Add(handle);
                    model.Add(handle, item);
                }
            }
            else
            {
                SessionHandle handle = everGiven[(int)((uint)choices[i] % (uint)everGiven.Count)];
                Assert.Equal(model.Remove(handle), slots.Free(handle));
            }

            Assert.Equal(model.Count, slots.Count);
            foreach (SessionHandle handle in everGiven)
            {
                Assert.Equal(model.TryGetValue(handle, out string? expected), slots.TryGet(handle, out string? found));
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void AllocateGetFree_AllocatesNothing()
    {
        SlotArray<object> slots = new(0, 8);
        object item = new();
        AllocationAssert.Zero(100, 10_000, () =>
        {
            SessionHandle handle = slots.Allocate(item);
            slots.TryGet(handle, out _);
            slots.Free(handle);
        });
    }
}
