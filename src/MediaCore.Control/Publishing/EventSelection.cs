using MediaCore.Control.Mapping;
using MediaCore.Control.V1;

namespace MediaCore.Control.Publishing;

/// <summary>Which events a subscriber wants: a filter, compiled.</summary>
internal sealed class EventSelection
{
    private readonly ulong _kinds;
    private readonly HashSet<string> _callIds;
    private readonly HashSet<string> _applications;
    private readonly string[] _accounts;
    private readonly string[] _trunks;

    /// <summary>Compiles a filter.</summary>
    public EventSelection(EventFilter? filter, Problems problems)
    {
        filter ??= new EventFilter();
        _kinds = ReadKinds(filter.Kinds, EventKinds.Usual, problems);
        _callIds = [.. filter.CallIds];
        _applications = [.. filter.Applications];
        _accounts = [.. filter.Accounts];
        _trunks = [.. filter.Trunks];
        if (new[] { filter.Kinds.Count, filter.CallIds.Count, filter.Applications.Count, filter.Accounts.Count, filter.Trunks.Count }.Any(static n => n > ControlServiceLimits.MaxFilterValues))
        {
            problems.Add($"A field of a filter has at most {ControlServiceLimits.MaxFilterValues} values.");
        }
    }

    /// <summary>Kinds by their names; <paramref name="usual"/> where none is named.</summary>
    public static ulong ReadKinds(IReadOnlyCollection<string> names, ulong usual, Problems problems)
    {
        ulong kinds = 0;
        foreach (string name in names)
        {
            ulong kind = EventKinds.Find(name);
            if (kind == 0)
            {
                problems.Add($"There is no kind of event \"{(name.Length > 64 ? name[..64] : name)}\"; there are {string.Join(", ", EventKinds.Names)}.");
            }

            kinds |= kind;
        }

        return names.Count == 0 ? usual : kinds;
    }

    /// <summary>Whether it wants an event.</summary>
    public bool Wants(EventEntry entry) =>
        (entry.Kind & _kinds) != 0
        && (_callIds.Count == 0 || _callIds.Contains(entry.Event.CallId))
        && (_applications.Count == 0 || (entry.Facts.Application is { } application && _applications.Contains(application)))
        && (_accounts.Length == 0 || _accounts.Any(name => entry.Facts.HasPeer(name, isTrunk: false)))
        && (_trunks.Length == 0 || _trunks.Any(name => entry.Facts.HasPeer(name, isTrunk: true)));

    /// <summary>Whether it may want to know who is registered, or how the trunks are; <see cref="EventKinds.Registrations"/> or <see cref="EventKinds.Trunks"/>.</summary>
    public bool WantsAny(ulong kind) =>
        (_kinds & kind) != 0 && _callIds.Count == 0 && _applications.Count == 0 && (kind == EventKinds.Registrations ? _trunks.Length == 0 : _accounts.Length == 0);

    /// <summary>Whether it wants to know of a call.</summary>
    public bool Wants(Engine.Control.CallSnapshot call) =>
        (_callIds.Count == 0 || _callIds.Contains(call.CallId))
        && (_applications.Count == 0 || (call.Application is { } application && _applications.Contains(application)))
        && (_accounts.Length == 0 || _accounts.Any(name => call.Account == name || call.Legs.Any(leg => !leg.PeerIsTrunk && leg.Peer == name)))
        && (_trunks.Length == 0 || _trunks.Any(name => call.InboundTrunk == name || call.Legs.Any(leg => leg.PeerIsTrunk && leg.Peer == name)));
}
