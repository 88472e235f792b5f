namespace MediaCore.LoadTests.Control;

/// <summary>What is asked for.</summary>
/// <param name="CallsPerSecond">Calls that are begun each second.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="WarmUp">For how many seconds before that calls are begun whose times do not count: the runtime compiles meanwhile.</param>
/// <param name="Program">Path of <c>mediacore.dll</c>.</param>
/// <param name="Report">File of the report without its ending; empty: none is written.</param>
/// <param name="Origin">Where the report's figures come from.</param>
internal sealed record ControlOptions(int CallsPerSecond, int Seconds, int WarmUp, string Program, string Report, Origin Origin);
