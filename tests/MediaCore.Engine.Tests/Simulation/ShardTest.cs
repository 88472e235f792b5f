namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A test class with a world of its own per test, which is checked for leaks when the test is over.</summary>
public abstract class ShardTest : IDisposable
{
    private protected World World { get; } = new();

    public virtual void Dispose() => World.Dispose();
}
