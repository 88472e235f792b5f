using MediaCore.Primitives;

namespace MediaCore.Engine.Calls;

/// <summary>
/// How far a step has come with accounts whose contacts have different q-values: they ring in groups, the highest q first (RFC 3261 §16.6). Made for such a step
/// alone, since most phones say nothing about it. Only the q that has rung last is kept, so that a contact that goes or comes meanwhile is seen.
/// </summary>
/// <param name="targets">Targets of the step.</param>
/// <param name="firstLeg">Index in <see cref="Call.Callees"/> of the step's first leg.</param>
/// <param name="ringUntil">When the step as a whole has rung long enough.</param>
internal sealed class ContactGroups(int targets, int firstLeg, Timestamp ringUntil)
{
    /// <summary>
    /// How long a group rings at least though others wait, as far as the step has that time: after less nobody has got to the phone.
    /// </summary>
    public static readonly TimeSpan MinRingTime = TimeSpan.FromSeconds(5);

    private readonly int[] _qualities = CreateUnrung(targets);

    /// <summary>Index in <see cref="Call.Callees"/> of the step's first leg.</summary>
    public int FirstLeg { get; } = firstLeg;

    /// <summary>When the step as a whole has rung long enough.</summary>
    public Timestamp RingUntil { get; } = ringUntil;

    /// <summary>The q of the group of a target that has rung last, in thousandths: later groups are below it; above every q before the first.</summary>
    public int this[int target]
    {
        get => _qualities[target];
        set => _qualities[target] = value;
    }

    private static int[] CreateUnrung(int targets)
    {
        int[] qualities = new int[targets];
        Array.Fill(qualities, int.MaxValue);
        return qualities;
    }
}
