using MediaCore.Numbers.Calls;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Plans;

/// <summary>How things are around a real call.</summary>
/// <param name="services">What calls share.</param>
internal sealed class PlanSurroundings(CallServices services) : IPlanSurroundings
{
    /// <inheritdoc/>
    public QueueFigures? FindQueue(CallQueue queue) => services.QueueFigures?.Find(queue);

    /// <inheritdoc/>
    public bool IsRegistered(string account) => services.Registrations?.IsRegistered(account) ?? true;

    /// <inheritdoc/>
    public int CountCalls(string number) => services.Load.Count(number);
}
