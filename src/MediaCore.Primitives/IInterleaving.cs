namespace MediaCore.Primitives;

/// <summary>
/// Where a thread could be interrupted between two steps of a lock-free algorithm. The litmus interrupts there on purpose, so that interleavings
/// which take a preemption at one instruction come up thousands of times a second; the product's own calls have nothing there.
/// </summary>
internal interface IInterleaving
{
    /// <summary>Called between two accesses to shared memory whose order matters.</summary>
    static abstract void Point();
}

/// <summary>The product's: the just-in-time compiler removes the call.</summary>
internal readonly struct Uninterrupted : IInterleaving
{
    public static void Point()
    {
    }
}
