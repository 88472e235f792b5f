namespace MediaCore.Sip.Tests;

/// <summary>Asserts that work which has been warmed up allocates nothing on this thread.</summary>
internal static class AllocationProbe
{
    private const int WarmUp = 200;
    private const int Iterations = 1000;

    public static void AssertZero(Action work)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            work();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Iterations; i++)
        {
            work();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
