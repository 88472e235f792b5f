using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Inventory;

/// <summary>The ways between the states of a number. What is not listed does not happen.</summary>
public static class NumberLife
{
    /// <summary>Longest reservation that is worth having: as long as a carrier holds one for a shop.</summary>
    public static readonly TimeSpan DefaultReservation = TimeSpan.FromMinutes(30);

    /// <summary>Rest between two owners: the 45 days after which North American carriers give numbers out again.</summary>
    public static readonly TimeSpan DefaultQuarantine = TimeSpan.FromDays(45);

    /// <summary>Whether a number may go from one state to another.</summary>
    public static bool CanMove(NumberState from, NumberState to) => (from, to) switch
    {
        (NumberState.Available, NumberState.Reserved or NumberState.Owned) => true,

        // Held longer, bought, or let go (also by time).
        (NumberState.Reserved, NumberState.Reserved or NumberState.Owned or NumberState.Available) => true,
        (NumberState.Owned, NumberState.Assigned or NumberState.Released) => true,
        (NumberState.Assigned, NumberState.Assigned or NumberState.Owned or NumberState.Released) => true,
        (NumberState.Released, NumberState.Quarantined) => true,
        (NumberState.Quarantined, NumberState.Available) => true,
        _ => false,
    };
}
