namespace MediaCore.Primitives;

/// <summary>Where <see cref="TimingWheel.Advance"/> delivers. Implemented by structs, so that a delivery costs no virtual call.</summary>
public interface ITimerSink
{
    /// <summary><paramref name="node"/> is due. It is no longer scheduled; the handler may schedule or cancel it or any other node.</summary>
    void OnTimer(TimerNode node);
}
