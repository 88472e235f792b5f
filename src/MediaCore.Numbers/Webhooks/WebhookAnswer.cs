namespace MediaCore.Numbers.Webhooks;

/// <summary>What became of an attempt.</summary>
/// <param name="Result">For the metric: <c>delivered</c>, <c>failed</c>, <c>refused</c>, <c>timed_out</c>, <c>gone</c>.</param>
/// <param name="Status">HTTP status; 0 where there was none.</param>
/// <param name="Problem">What went wrong; empty for nothing.</param>
/// <param name="Response">The beginning of what the server said.</param>
/// <param name="LatencyMs">How long it took.</param>
/// <param name="RetryAfter">What the server asked for; null for nothing.</param>
internal sealed record WebhookAnswer(string Result, int Status, string Problem, string Response, int LatencyMs, TimeSpan? RetryAfter)
{
    /// <summary>Whether the server has it.</summary>
    public bool IsDelivered => Result == "delivered";

    /// <summary>Whether the server wants no more.</summary>
    public bool IsGone => Result == "gone";
}
