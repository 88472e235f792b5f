using System.Diagnostics.CodeAnalysis;

namespace MediaCore.Control.Streaming;

/// <summary>The streams of sound that there may be: of all controllers, and of each. Thread-safe.</summary>
internal sealed class AudioPlaces(int max, int maxPerController)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Takes a place, to be given back with <see cref="Leave"/>; false with why not.</summary>
    public bool TryEnter(string controller, [NotNullWhen(false)] out string? problem)
    {
        lock (_gate)
        {
            int taken = _taken.GetValueOrDefault(controller);
            problem = _count >= max ? $"There are {max} streams of sound, as many as there may be."
                : taken >= maxPerController ? $"{controller} has {maxPerController} streams of sound, as many as a controller may have."
                : null;
            if (problem is not null)
            {
                return false;
            }

            _taken[controller] = taken + 1;
            _count++;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(string controller)
    {
        lock (_gate)
        {
            _count--;
            int left = _taken[controller] - 1;
            if (left == 0)
            {
                _taken.Remove(controller);
            }
            else
            {
                _taken[controller] = left;
            }
        }
    }
}
