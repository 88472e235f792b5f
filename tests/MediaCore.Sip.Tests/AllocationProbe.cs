using MediaCore.Tests;

namespace MediaCore.Sip.Tests;

/// <summary>Asserts that work which has been warmed up allocates nothing on this thread.</summary>
internal static class AllocationProbe
{
    private const int WarmUp = 200;
    private const int Iterations = 1000;

    public static void AssertZero(Action work) => AllocationAssert.Zero(WarmUp, Iterations, work);
}
