using MediaCore.LoadTests.Media;

namespace MediaCore.LoadTests.Calls;

/// <summary>What came of the calls that were to begin in one second of a run.</summary>
/// <param name="Second">Its beginning, in seconds from the start of the run.</param>
/// <param name="Started">Calls that were to begin in it.</param>
/// <param name="Ended">Those that went through all of their scenario, whenever.</param>
/// <param name="Failed">Those that did not; the others had no end when the run was over.</param>
/// <param name="SetUp">From the moment at which they were to begin to their answer.</param>
internal sealed record BegunCalls(int Second, long Started, long Ended, long Failed, LatencySummary SetUp);
