using MediaCore.Engine.CallRecords;
using MediaCore.Numbers.Storage;

namespace MediaCore.Numbers.Records.Begun;

/// <summary>A call that an earlier run of this server was in the middle of when it was gone.</summary>
/// <param name="Record">Its record, ended by the server when it was last seen alive (<see cref="CallEndReason.NodeFailure"/>).</param>
/// <param name="Decisions">What was decided for it, for each tenant that had a part in it.</param>
internal sealed record CutOffCall(CallRecord Record, IReadOnlyList<KeptDecisions> Decisions);
