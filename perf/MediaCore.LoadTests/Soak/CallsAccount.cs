using MediaCore.LoadTests.Server;

namespace MediaCore.LoadTests.Soak;

/// <summary>Whether the calls that a server has begun are those that it has ended and those that are up.</summary>
internal static class CallsAccount
{
    /// <summary>Its three counters are read one after the other while calls come and go, so that one between two readings seems to be missing, or too many. One that really is stays so.</summary>
    private const int MostLooks = 5;

    /// <summary>Calls begun, less those ended and those up.</summary>
    public static long Unaccounted(ServerFigures figures) =>
        (long)(figures.Total("mediacore_calls_started_total") - figures.Total("mediacore_calls_ended_total") - figures.Total("mediacore_calls_active"));

    /// <summary>A look in which the account is even; the last one where none is.</summary>
    /// <param name="look">Looks at the server.</param>
    public static async Task<ServerFigures> LookAsync(Func<Task<ServerFigures>> look)
    {
        ServerFigures figures = await look();
        for (int looks = 1; looks < MostLooks && Unaccounted(figures) != 0; looks++)
        {
            figures = await look();
        }

        return figures;
    }
}
