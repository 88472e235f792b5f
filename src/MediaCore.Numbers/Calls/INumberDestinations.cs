using MediaCore.Engine.Control;

namespace MediaCore.Numbers.Calls;

/// <summary>Where our own numbers lead to: a call that is forwarded to one of them does not leave the service.</summary>
public interface INumberDestinations
{
    /// <summary>Whether a number is somebody's here.</summary>
    bool IsOurs(string number);

    /// <summary>Decides what is done with a call that another number has led to this one, out of memory alone.</summary>
    /// <param name="number">The number, <c>+</c> and digits.</param>
    /// <param name="before">The call as the number before sees it.</param>
    /// <param name="diversion">Who has led it here and why.</param>
    /// <param name="now">Now.</param>
    /// <returns>How to begin; null for a number that is none of ours.</returns>
    CallBeginning? BeginAt(string number, CallFacts before, CallDiversion diversion, DateTimeOffset now);
}
