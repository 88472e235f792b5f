namespace MediaCore.Tests;

/// <summary>
/// Proves that an operation allocates nothing in steady state. It sees the calling thread only, so it is for sans-IO code; the warm-up
/// must outlast pool growth and, for loops that the runtime compiles in tiers, the first tiers.
/// </summary>
internal static class AllocationAssert
{
    private const int MaxRounds = 5;

    /// <summary>A struct operation is called without a delegate, so nothing of the measurement itself can allocate.</summary>
    internal interface IOperation
    {
        void Run();
    }

    /// <summary>Fails when <paramref name="iterations"/> runs after <paramref name="warmup"/> runs allocate a single byte.</summary>
    public static void Zero(int warmup, int iterations, Action operation)
    {
        ActionOperation wrapped = new(operation);
        Zero(warmup, iterations, ref wrapped);
    }

    /// <summary>The same for an operation that is a struct.</summary>
    public static void Zero<TOperation>(int warmup, int iterations, ref TOperation operation)
        where TOperation : struct, IOperation
    {
        // What allocates allocates in every round. One round may meet the runtime at work (a tier's code being patched in, a pool growing).
        long allocated = 0;
        for (int round = 0; round < MaxRounds; round++)
        {
            allocated = Measure(round == 0 ? warmup : 0, iterations, ref operation);
            if (allocated == 0)
            {
                return;
            }
        }

        Assert.Fail($"{iterations} operations allocated {allocated} bytes in each of {MaxRounds} rounds; none was expected.");
    }

    /// <summary>Bytes that <paramref name="iterations"/> runs allocate on this thread.</summary>
    public static long Measure(int warmup, int iterations, Action operation)
    {
        ActionOperation wrapped = new(operation);
        return Measure(warmup, iterations, ref wrapped);
    }

    private static long Measure<TOperation>(int warmup, int iterations, ref TOperation operation)
        where TOperation : struct, IOperation
    {
        for (int i = 0; i < warmup; i++)
        {
            operation.Run();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < iterations; i++)
        {
            operation.Run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private readonly struct ActionOperation(Action action) : IOperation
    {
        public void Run() => action();
    }
}
