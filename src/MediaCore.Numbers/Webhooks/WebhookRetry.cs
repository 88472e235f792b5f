namespace MediaCore.Numbers.Webhooks;

/// <summary>When a delivery is tried again.</summary>
internal static class WebhookRetry
{
    /// <summary>The wait after an attempt that failed; null when it was the last.</summary>
    /// <param name="attempts">Attempts so far, from 1.</param>
    /// <param name="id">The delivery: its waits are lengthened by up to a tenth by it, so that those that failed together do not come together again, and the same way after a restart.</param>
    /// <param name="retryAfter">What the server asked for; null for nothing.</param>
    public static TimeSpan? After(int attempts, Guid id, TimeSpan? retryAfter)
    {
        if (attempts > WebhookLimits.Waits.Length)
        {
            return null;
        }

        // The last bytes of a UUID of version 7 are random.
        TimeSpan wait = WebhookLimits.Waits[attempts - 1];
        wait += wait * (id.ToByteArray(bigEndian: true)[15 - (attempts % 4)] / 2560.0);
        TimeSpan asked = retryAfter is not { } said ? TimeSpan.Zero : said > WebhookLimits.MaxRetryAfter ? WebhookLimits.MaxRetryAfter : said;
        return asked > wait ? asked : wait;
    }

    /// <summary>How long the webhook itself rests after failures in a row: 5 s, doubled with each, up to <see cref="WebhookLimits.MaxRest"/>.</summary>
    public static TimeSpan Rest(int failures)
    {
        TimeSpan rest = TimeSpan.FromSeconds(5) * (1 << Math.Clamp(failures - 1, 0, 10));
        return rest < WebhookLimits.MaxRest ? rest : WebhookLimits.MaxRest;
    }
}
