namespace MediaCore.LoadTests.Soak;

/// <summary>What soak.</summary>
/// <param name="Calls">Calls up at once.</param>
/// <param name="Transcoded">Those of them whose sides have no codec in common.</param>
/// <param name="Minutes">How long.</param>
/// <param name="CallSeconds">Mean duration of a call.</param>
/// <param name="IsPlain">No SRTP on the callers' side.</param>
/// <param name="Chaos">Troubles that are made meanwhile, separated by commas; empty: none.</param>
/// <param name="Program">Path of <c>mediacore.dll</c>.</param>
/// <param name="Report">File of the report without its ending; empty: none is written.</param>
/// <param name="Origin">Where the report's figures come from.</param>
internal sealed record SoakOptions(int Calls, int Transcoded, int Minutes, int CallSeconds, bool IsPlain, string Chaos, string Program, string Report, Origin Origin);
