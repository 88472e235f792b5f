namespace MediaCore.Engine.Calls;

internal sealed partial class BackToBackUserAgent
{
    /// <summary>Where traces are kept, the messages of a leg's dialog are those of its call.</summary>
    private void TraceLeg(Leg leg) => _context.Trace?.Bind(leg.Dialog.CallId, leg.Call.Id, leg.Index);
}
