using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Server.Hosting;

/// <summary>The route table of a server without numbers; a reload puts another in its place between two calls.</summary>
/// <param name="table">The table to begin with.</param>
/// <param name="asksAccounts">Whether a control plane knows accounts: then a source that is no trunk's may prove that it is one.</param>
internal sealed class ReloadablePolicy(RouteTable table, bool asksAccounts = false) : ICallPolicy
{
    private volatile RouteTable _table = table;

    /// <summary>The table in force.</summary>
    public RouteTable Table
    {
        get => _table;
        set => _table = value;
    }

    /// <inheritdoc/>
    public Trunk? FindTrunk(in NetworkEndpoint source) => _table.FindTrunk(source);

    /// <inheritdoc/>
    public Trunk? FindTrunkByHost(string host) => _table.FindTrunkByHost(host);

    /// <inheritdoc/>
    public CallerAdmission Admit(in RouteRequest request) => _table.Admit(request) is var admission && admission == CallerAdmission.Forbid && asksAccounts ? CallerAdmission.Challenge : admission;

    /// <inheritdoc/>
    public RoutePlan Route(in RouteRequest request) => _table.Route(request);

    /// <inheritdoc/>
    public Trunk? FindTrunkByName(string name) => _table.FindTrunkByName(name);

    /// <inheritdoc/>
    public RoutePlan? FindRoute(string name, in RouteRequest request) => _table.FindRoute(name, request);
}
