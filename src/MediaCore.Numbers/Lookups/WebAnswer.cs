using System.Text.Json;

namespace MediaCore.Numbers.Lookups;

/// <summary>What a web server has answered.</summary>
/// <param name="Status">HTTP status; 0 where there was none.</param>
/// <param name="Body">The JSON of a 2xx; null where there was none.</param>
/// <param name="Problem">Why there is no use in it; empty for a 2xx with JSON, or without a body.</param>
public sealed record WebAnswer(int Status, JsonElement? Body, string Problem)
{
    /// <summary>Whether it is an answer to go on with.</summary>
    public bool IsGood => Problem.Length == 0;
}
