namespace MediaCore.Numbers.Lookups;

/// <summary>What a web server is asked.</summary>
/// <param name="Url">Where, http or https.</param>
/// <param name="Body">JSON that is posted; null for a GET.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Time">How long it may take, looking the name up and reading the answer included.</param>
public sealed record WebQuestion(Uri Url, string? Body, IReadOnlyDictionary<string, string> Headers, TimeSpan Time);
