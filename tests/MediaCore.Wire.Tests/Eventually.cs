namespace MediaCore.Wire.Tests;

/// <summary>Waits for something that another process does and announces nowhere, as a row in a database or a bound port; looked at often, with a limit.</summary>
internal static class Eventually
{
    /// <summary>What a healthy machine does in milliseconds may take this long on a loaded one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    public static async Task<T> IsAsync<T>(Func<Task<T>> look, Func<T, bool> wanted, string what, TimeSpan? limit = null)
    {
        using CancellationTokenSource deadline = new(limit ?? Patience);
        using PeriodicTimer timer = new(Interval);
        T seen = await look();
        try
        {
            while (!wanted(seen))
            {
                await timer.WaitForNextTickAsync(deadline.Token);
                seen = await look();
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Not within {(limit ?? Patience).TotalSeconds} s: {what}. Last seen: {seen}");
        }

        return seen;
    }

    public static Task<T> IsAsync<T>(Func<T> look, Func<T, bool> wanted, string what, TimeSpan? limit = null) =>
        IsAsync(() => Task.FromResult(look()), wanted, what, limit);
}
