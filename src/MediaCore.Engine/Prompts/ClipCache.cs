using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using MediaCore.Audio.Prompts;

namespace MediaCore.Engine.Prompts;

/// <summary>
/// Clips in memory by source, least recently used out first when their bytes pass a bound. Reading takes no lock, so shards may ask; adding takes one. A clip that is
/// dropped lives on in the calls that play it.
/// </summary>
internal sealed class ClipCache(long maxBytes)
{
    private readonly ConcurrentDictionary<PromptSource, Entry> _entries = new();
    private readonly Lock _adding = new();
    private long _uses;
    private long _bytes;

    /// <summary>Bytes held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The clip and the stamp that it was added with.</summary>
    public bool TryGet(PromptSource source, [NotNullWhen(true)] out AudioClip? clip, out long stamp)
    {
        if (_entries.TryGetValue(source, out Entry? entry))
        {
            Volatile.Write(ref entry.LastUse, Interlocked.Increment(ref _uses));
            clip = entry.Clip;
            stamp = entry.Stamp;
            return true;
        }

        clip = null;
        stamp = 0;
        return false;
    }

    /// <summary>Adds or replaces a clip; one larger than the whole bound is not kept.</summary>
    public void Add(PromptSource source, AudioClip clip, long stamp)
    {
        lock (_adding)
        {
            Remove(source);
            if (clip.MemoryBytes > maxBytes)
            {
                return;
            }

            while (_bytes + clip.MemoryBytes > maxBytes)
            {
                Remove(_entries.MinBy(static e => Volatile.Read(ref e.Value.LastUse)).Key);
            }

            _entries[source] = new Entry(clip, stamp) { LastUse = Interlocked.Increment(ref _uses) };
            Interlocked.Add(ref _bytes, clip.MemoryBytes);
        }
    }

    /// <summary>The files in memory, with the stamps that they were read under.</summary>
    public IEnumerable<(PromptSource Source, long Stamp)> Files() =>
        _entries.Where(static e => e.Key.Kind is PromptKind.File or PromptKind.Recording).Select(static e => (e.Key, e.Value.Stamp));

    /// <summary>Forgets a clip.</summary>
    public void Remove(PromptSource source)
    {
        if (_entries.TryRemove(source, out Entry? entry))
        {
            Interlocked.Add(ref _bytes, -entry.Clip.MemoryBytes);
        }
    }

    private sealed class Entry(AudioClip clip, long stamp)
    {
        public readonly AudioClip Clip = clip;
        public readonly long Stamp = stamp;
        public long LastUse;
    }
}
