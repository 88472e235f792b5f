using System.Globalization;
using System.Runtime.InteropServices;
using MediaCore.Transport.Media;

namespace MediaCore.Engine.MediaSessions;

/// <summary>Why a pool had no port for a leg, in words that say what to do: the three ways call for three different actions.</summary>
internal static class MediaPortRefusal
{
    /// <summary>The sentence for the log.</summary>
    public static string Describe(MediaPortPool pool, MediaPortResult result) => result switch
    {
        MediaPortResult.AllResting => string.Create(CultureInfo.InvariantCulture, $"{pool.InUse} of {pool.Capacity} pairs are in use and the others rest after their last call; widen media.ports or lower media.portRestSeconds"),
        MediaPortResult.BindFailed => string.Create(
            CultureInfo.InvariantCulture,
            $"{pool.InUse} of {pool.Capacity} pairs are in use and the others can't be bound, the last one, {pool.LastBindFailure}, because of: {Marshal.GetPInvokeErrorMessage(pool.LastBindError)} (errno {pool.LastBindError}); see who has them with ss -lunp, and the limit of open files"),
        _ => string.Create(CultureInfo.InvariantCulture, $"all {pool.Capacity} pairs of this shard are in use; widen media.ports"),
    };
}
