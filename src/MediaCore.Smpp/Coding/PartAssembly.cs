using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MediaCore.Smpp.Coding;

/// <summary>
/// Puts parts that come in together to the messages they are of, by sender, receiver and reference. Parts may come in any order and more than once. What stays incomplete is given up after
/// <see cref="Patience"/>, and the oldest when there are more than <see cref="MaxMessages"/>: <see cref="TryTakeLost"/> hands out the parts there are. Of one thread.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class PartAssembly(TimeProvider time)
{
    /// <summary>Messages that may be incomplete at once: 1,000 of the longest (255 parts) take 80 MB, 1,000 of the usual two parts 1 MB. One more gives the oldest up.</summary>
    public const int MaxMessages = 1_000;

    /// <summary>How long a message waits for its next part: a phone that loses coverage between two parts sends the second when it is back. Kannel waits as long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private readonly Dictionary<Key, Waiting> _waiting = [];
    private readonly LinkedList<Key> _byAge = new();
    private readonly Queue<PartialText> _lost = new();

    /// <summary>Messages that are incomplete.</summary>
    public int Count => _waiting.Count;

    /// <summary>When the next message is to be given up; null when none waits.</summary>
    public DateTimeOffset? NextDeadline => _byAge.First is { } oldest ? _waiting[oldest.Value].Until : null;

    /// <summary>Takes a part.</summary>
    /// <param name="from">Sender.</param>
    /// <param name="to">Receiver.</param>
    /// <param name="part">Which one it is.</param>
    /// <param name="text">Its words.</param>
    /// <param name="whole">The message, when this part completed it.</param>
    /// <returns>Whether the message is whole.</returns>
    public bool TryComplete(string from, string to, Concatenation part, string text, [NotNullWhen(true)] out string? whole)
    {
        ArgumentNullException.ThrowIfNull(text);
        whole = null;
        if (part.Sequence == 0 || part.Sequence > part.Total)
        {
            throw new ArgumentOutOfRangeException(nameof(part), part, "There is no such part.");
        }

        var key = new Key(from, to, part.Reference, part.Total, part.IsWide);
        Expire();
        if (_waiting.TryGetValue(key, out Waiting? waiting) && waiting.Parts[part.Sequence - 1] is { } other && other != text)
        {
            // Other words in the same place are the next message's: the reference has come around.
            GiveUp(key);
            waiting = null;
        }

        if (waiting is null)
        {
            if (_waiting.Count >= MaxMessages)
            {
                GiveUp(_byAge.First!.Value);
            }

            waiting = new Waiting(new string?[part.Total], _byAge.AddLast(key));
            _waiting.Add(key, waiting);
        }
        else
        {
            _byAge.Remove(waiting.Age);
            _byAge.AddLast(waiting.Age);
        }

        waiting.Until = time.GetUtcNow() + Patience;
        waiting.Missing -= waiting.Parts[part.Sequence - 1] is null ? 1 : 0;
        waiting.Parts[part.Sequence - 1] = text;
        if (waiting.Missing > 0)
        {
            return false;
        }

        Remove(key, waiting);
        whole = string.Concat(waiting.Parts);
        return true;
    }

    /// <summary>Takes a message that was given up, with a mark where parts are missing.</summary>
    public bool TryTakeLost([NotNullWhen(true)] out PartialText? lost)
    {
        Expire();
        return _lost.TryDequeue(out lost);
    }

    private void Expire()
    {
        DateTimeOffset now = time.GetUtcNow();
        while (_byAge.First is { } oldest && _waiting[oldest.Value].Until <= now)
        {
            GiveUp(oldest.Value);
        }
    }

    private void GiveUp(Key key)
    {
        Waiting waiting = _waiting[key];
        Remove(key, waiting);
        var text = new StringBuilder();
        bool gap = false;
        int there = 0;
        foreach (string? part in waiting.Parts)
        {
            if (part is null && !gap)
            {
                text.Append(PartialText.Gap);
            }

            gap = part is null;
            there += gap ? 0 : 1;
            text.Append(part);
        }

        _lost.Enqueue(new PartialText(key.From, key.To, text.ToString(), there, key.Total) { Reference = key.Reference });
        if (_lost.Count > MaxMessages)
        {
            _lost.Dequeue();
        }
    }

    private void Remove(Key key, Waiting waiting)
    {
        _waiting.Remove(key);
        _byAge.Remove(waiting.Age);
    }

    private readonly record struct Key(string From, string To, ushort Reference, byte Total, bool IsWide);

    private sealed class Waiting(string?[] parts, LinkedListNode<Key> age)
    {
        public string?[] Parts { get; } = parts;

        public LinkedListNode<Key> Age { get; } = age;

        public DateTimeOffset Until { get; set; }

        public int Missing { get; set; } = parts.Length;
    }
}
