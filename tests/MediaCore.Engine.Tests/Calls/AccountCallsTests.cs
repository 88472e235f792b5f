using MediaCore.Engine.Calls;

namespace MediaCore.Engine.Tests.Calls;

public sealed class AccountCallsTests
{
    [Fact]
    public async Task Enter_ByManyThreads_NeverPassesTheLimit_AndLeavesNothing()
    {
        var calls = new AccountCalls();
        int inside = 0;
        int highest = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                if (calls.TryEnter("alice", 2))
                {
                    highest = Math.Max(highest, Interlocked.Increment(ref inside));
                    Interlocked.Decrement(ref inside);
                    calls.Leave("alice");
                }
            }
        })));
        Assert.InRange(highest, 1, 2);
        Assert.Equal(0, calls.Count);
    }

    [Fact]
    public void Leave_OfAnAccountWithoutCalls_ChangesNothing()
    {
        var calls = new AccountCalls();
        calls.Leave("alice");
        Assert.True(calls.TryEnter("alice", 1));
        Assert.False(calls.TryEnter("alice", 1));
        Assert.True(calls.TryEnter("bob", 1));
        Assert.Equal(2, calls.Count);
    }
}
