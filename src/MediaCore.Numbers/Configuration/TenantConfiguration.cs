using System.Collections.Concurrent;
using System.Collections.Frozen;
using MediaCore.Numbers.Model;

namespace MediaCore.Numbers.Configuration;

/// <summary>
/// All that decides what happens to a tenant's calls, as of one moment: immutable, shared by the calls that began meanwhile, each of which keeps the one that it began with. Rows are those of the database and nobody's to change.
/// Documents name each other by name, which is unique within the tenant, without regard to case.
/// </summary>
public sealed class TenantConfiguration
{
    private readonly ConcurrentDictionary<(Guid Row, int Version, Type Type), object> _parsed = new();

    // Made by the first call that asks; two that ask at once make the same.
    private FrozenDictionary<Guid, string>? _names;

    /// <summary>The tenant.</summary>
    public required Tenant Tenant { get; init; }

    /// <summary>The audit's number that it has everything up to.</summary>
    public long Version { get; init; }

    /// <summary>Published revisions of routing plans, by the plan's name.</summary>
    public FrozenDictionary<string, PublishedDocument> Plans { get; init; } = FrozenDictionary<string, PublishedDocument>.Empty;

    /// <summary>Published revisions of menus, by the menu's name.</summary>
    public FrozenDictionary<string, PublishedDocument> Menus { get; init; } = FrozenDictionary<string, PublishedDocument>.Empty;

    /// <summary>Schedules by name.</summary>
    public FrozenDictionary<string, Schedule> Schedules { get; init; } = FrozenDictionary<string, Schedule>.Empty;

    /// <summary>Queues by name.</summary>
    public FrozenDictionary<string, CallQueue> Queues { get; init; } = FrozenDictionary<string, CallQueue>.Empty;

    /// <summary>Voicemail boxes by their number (<see cref="VoicemailBox.Box"/>).</summary>
    public FrozenDictionary<string, VoicemailBox> Boxes { get; init; } = FrozenDictionary<string, VoicemailBox>.Empty;

    /// <summary>People by the name that they sign in with.</summary>
    public FrozenDictionary<string, User> Users { get; init; } = FrozenDictionary<string, User>.Empty;

    /// <summary>Prompts by name, then language.</summary>
    public FrozenDictionary<string, FrozenDictionary<string, Prompt>> Prompts { get; init; } = FrozenDictionary<string, FrozenDictionary<string, Prompt>>.Empty;

    /// <summary>SIP accounts of the tenant.</summary>
    public FrozenSet<string> Accounts { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The name of a plan, menu or queue in force, or the number of a box, by its row; null for none.</summary>
    public string? FindName(Guid row) => (_names ??= MakeNames()).GetValueOrDefault(row);

    /// <summary>What a row's document says, parsed once for this row and version.</summary>
    /// <param name="row">The row that has the document.</param>
    /// <param name="parse">Parses it; a document that was stored is well-formed, so this does not fail.</param>
    public T Parsed<T>(Row row, Func<Row, T> parse)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(parse);
        return (T)_parsed.GetOrAdd((row.Id, row.Version, typeof(T)), static (_, argument) => argument.parse(argument.row), (row, parse));
    }

    private FrozenDictionary<Guid, string> MakeNames()
        => Plans.Concat(Menus).Select(static one => KeyValuePair.Create(one.Value.Owner.Id, one.Key))
            .Concat(Queues.Select(static one => KeyValuePair.Create(one.Value.Id, one.Key)))
            .Concat(Boxes.Select(static one => KeyValuePair.Create(one.Value.Id, one.Key)))
            .ToFrozenDictionary();
}
