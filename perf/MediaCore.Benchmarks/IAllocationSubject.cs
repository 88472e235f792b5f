namespace MediaCore.Benchmarks;

/// <summary>
/// An operation with an allocation budget in <c>perf/AllocationBudgets.json</c>. Implement it in a class with a parameterless constructor, beside the
/// benchmark of the same thing; <see cref="AllocationBudgets"/> finds it by reflection.
/// </summary>
public interface IAllocationSubject
{
    /// <summary>The name in the budget file, <c>Type.Operation</c>.</summary>
    string Name { get; }

    /// <summary>One operation in steady state, on the calling thread. It leaves things as it found them, since it runs thousands of times.</summary>
    void Run();
}
