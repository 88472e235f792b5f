using MediaCore.Engine.Calls;
using MediaCore.Engine.Control;

namespace MediaCore.Engine.Questions;

/// <summary>An answer on its way back to the shard that has asked. One that a full mailbox loses is as one that never came: the deadline's default holds.</summary>
internal sealed class AnswerExchange(Action deliver) : ControlExchange
{
    /// <inheritdoc/>
    public override void Run(BackToBackUserAgent calls) => deliver();

    /// <inheritdoc/>
    public override void Fail()
    {
        // Whoever waits goes on at the deadline.
    }
}
