using MediaCore.Engine.Ng;
using MediaCore.Engine.Tests.Simulation;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Ng;

/// <summary>A request that comes again is not carried out again.</summary>
public sealed class NgAnswerMemoryTests
{
    private static readonly NetworkEndpoint s_asker = World.Endpoint("127.0.0.1", 4000);
    private static readonly Timestamp s_start = Timestamp.FromMilliseconds(1000);

    [Fact]
    public void ARepeatedCookie_GetsTheSameAnswer_ForSomeSeconds()
    {
        NgAnswerMemory memory = new();
        Assert.True(memory.TryBegin("1", s_asker, s_start, out _));
        Assert.False(memory.TryBegin("1", s_asker, s_start, out byte[]? pending));
        Assert.Null(pending);
        memory.Complete("1", s_asker, [1, 2, 3]);
        Assert.False(memory.TryBegin("1", s_asker, s_start + TimeSpan.FromSeconds(9), out byte[]? answer));
        Assert.Equal([1, 2, 3], answer);

        // Another asker's cookie of the same name is another.
        Assert.True(memory.TryBegin("1", s_asker.WithPort(4001), s_start, out _));
        Assert.True(memory.TryBegin("1", s_asker, s_start + NgLimits.AnswerMemory, out _));
    }

    [Fact]
    public void NumberAndBytes_AreBounded_AndTheOldestAreForgotten()
    {
        NgAnswerMemory memory = new();
        for (int i = 0; i < NgLimits.MaxRememberedAnswers + 100; i++)
        {
            Assert.True(memory.TryBegin($"{i}", s_asker, s_start, out _));
        }

        Assert.InRange(memory.Count, 1, NgLimits.MaxRememberedAnswers);
        Assert.True(memory.TryBegin("0", s_asker, s_start, out _));

        memory = new NgAnswerMemory();
        for (int i = 0; i < 2000; i++)
        {
            memory.TryBegin($"{i}", s_asker, s_start, out _);
            memory.Complete($"{i}", s_asker, new byte[20_000]);
        }

        Assert.InRange(memory.Bytes, 1, NgLimits.MaxRememberedBytes + 20_000);
        memory.TryBegin("last", s_asker, s_start + NgLimits.AnswerMemory, out _);
        Assert.Equal((1, 0), (memory.Count, memory.Bytes));
    }

    [Fact]
    public void ACancelledRequest_IsNewAgain()
    {
        NgAnswerMemory memory = new();
        memory.TryBegin("1", s_asker, s_start, out _);
        memory.Cancel("1", s_asker);
        Assert.True(memory.TryBegin("1", s_asker, s_start, out _));
        memory.Complete("1", s_asker, [1]);
        memory.TryBegin("2", s_asker, s_start + NgLimits.AnswerMemory, out _);
        Assert.Equal(0, memory.Bytes);
    }
}
