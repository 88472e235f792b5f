using MediaCore.Transport.Dns;

namespace MediaCore.Transport.Tests.Dns;

public sealed class SrvOrderTests
{
    [Fact]
    public void Priorities_ComeInOrder_WhateverTheWeights()
    {
        SrvRecord[] records = [new(20, 65535, 1, "c"), new(10, 1, 2, "a"), new(10, 0, 3, "b"), new(30, 0, 4, "d")];
        Random random = new(7);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal([10, 10, 20, 30], SrvOrder.Sort([.. records], random.Next).Select(static r => (int)r.Priority));
        }
    }

    /// <summary>RFC 2782: the first is drawn with the share of its weight in 0 to the sum, both counted, so that a weight of 0 keeps a small chance.</summary>
    [Fact]
    public void FirstOfOnePriority_IsDrawnExactlyByWeight()
    {
        SrvRecord[] records = [new(0, 0, 1, "none"), new(0, 10, 2, "ten"), new(0, 30, 3, "thirty"), new(0, 60, 4, "sixty")];
        var firsts = new Dictionary<string, int>();
        for (int number = 0; number <= 100; number++)
        {
            int first = number;
            bool isFirst = true;
            SrvRecord chosen = SrvOrder.Sort([.. records], bound =>
            {
                if (!isFirst)
                {
                    return 0;
                }

                isFirst = false;
                Assert.Equal(101, bound);
                return first;
            })[0];
            firsts[chosen.Target] = firsts.GetValueOrDefault(chosen.Target) + 1;
        }

        Assert.Equal(1, firsts["none"]);
        Assert.Equal(10, firsts["ten"]);
        Assert.Equal(30, firsts["thirty"]);
        Assert.Equal(60, firsts["sixty"]);
    }

    [Fact]
    public void AllWeightsZero_AreDrawnEvenly()
    {
        SrvRecord[] records = [new(0, 0, 1, "a"), new(0, 0, 2, "b"), new(0, 0, 3, "c")];
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, 3).Select(i => SrvOrder.Sort([.. records], bound => Math.Min(i, bound - 1))[0].Target));
    }

    [Fact]
    public void OrderOfTheAnswer_DoesNotMatter()
    {
        SrvRecord[] records = [new(0, 5, 1, "a"), new(0, 5, 2, "b"), new(0, 0, 3, "c"), new(0, 5, 1, "d")];
        Assert.Equal<SrvRecord>([.. SrvOrder.Sort([.. records], new Random(3).Next)], [.. SrvOrder.Sort([.. records.Reverse()], new Random(3).Next)]);
    }
}
