using MediaCore.Engine.MediaSessions.Conferences;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.MediaSessions.Conferences;

public sealed class SumSlotsTests
{
    private const int Frame = 160;

    [Fact]
    public void TheLastFourTicks_AreThere_AndNoOthers()
    {
        SumSlots<Uninterrupted> slots = new(Frame);
        for (long tick = 100; tick < 110; tick++)
        {
            Write(slots, tick);
        }

        Assert.Equal([106L, 107, 108, 109], Enumerable.Range(95, 20).Select(static n => (long)n).Where(tick => TryCopy(slots, tick, out _)));
        Assert.True(TryCopy(slots, 107, out int[] sum));
        Assert.All(sum, static sample => Assert.Equal(107, sample));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AWriterThatComesBetweenTwoStepsOfAReader_IsNoticed(int step)
    {
        SumSlots<Scripted> slots = new(Frame);
        Write(slots, 100);
        int points = 0;
        Scripted.Action = () =>
        {
            if (++points == step)
            {
                Scripted.Action = null;
                Write(slots, 104);
            }
        };
        Assert.False(TryCopy(slots, 100, out _));
        Scripted.Action = null;
        Assert.True(TryCopy(slots, 104, out int[] sum));
        Assert.All(sum, static sample => Assert.Equal(104, sample));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AReaderThatComesBetweenTwoStepsOfTheWriter_GetsNothing(int step)
    {
        SumSlots<Scripted> slots = new(Frame);
        Write(slots, 100);
        int points = 0;
        List<bool> seen = [];
        Scripted.Action = () =>
        {
            if (++points == step)
            {
                Scripted.Action = null;
                seen.Add(TryCopy(slots, 100, out _));
                seen.Add(TryCopy(slots, 104, out _));
            }
        };
        Write(slots, 104);
        Scripted.Action = null;
        Assert.Equal([false, false], seen);
    }

    private static void Write<T>(SumSlots<T> slots, long tick)
        where T : struct, IInterleaving
    {
        int[] sum = new int[Frame];
        Array.Fill(sum, (int)tick);
        slots.Write(tick, sum, sum, [-20f]);
    }

    private static bool TryCopy<T>(SumSlots<T> slots, long tick, out int[] sum)
        where T : struct, IInterleaving
    {
        sum = new int[Frame];
        return slots.TryCopy(tick, sum, new int[Frame], new float[50], out _, out _);
    }

    private readonly struct Scripted : IInterleaving
    {
        [ThreadStatic]
        private static Action? t_action;

        public static Action? Action
        {
            get => t_action;
            set => t_action = value;
        }

        public static void Point() => t_action?.Invoke();
    }
}
