using System.Text;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Trunks;
using MediaCore.Primitives;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>Routes as the test says: a plan per dialled number.</summary>
internal sealed class ScriptedPolicy : ICallPolicy
{
    public Dictionary<string, RoutePlan> Plans { get; } = [];

    public CallerAdmission Admission { get; set; } = CallerAdmission.Accept;

    public Dictionary<NetworkEndpoint, Trunk> InboundTrunks { get; } = [];

    public Trunk? FindTrunk(in NetworkEndpoint source) => InboundTrunks.GetValueOrDefault(source);

    public Dictionary<string, Trunk> TrunksByHost { get; } = [];

    public Trunk? FindTrunkByHost(string host) => TrunksByHost.GetValueOrDefault(host);

    /// <summary>Trunks that commands name.</summary>
    public Dictionary<string, Trunk> TrunksByName { get; } = [];

    public Trunk? FindTrunkByName(string name) => TrunksByName.GetValueOrDefault(name);

    /// <summary>Routes that commands name.</summary>
    public Dictionary<string, RoutePlan> Routes { get; } = [];

    public RoutePlan? FindRoute(string name, in RouteRequest request) => Routes.GetValueOrDefault(name);

    /// <summary>Trunks are let in whatever <see cref="Admission"/> says.</summary>
    public bool AdmitsTrunks { get; set; }

    public CallerAdmission Admit(in RouteRequest request) => AdmitsTrunks && request.InboundTrunk is not null ? CallerAdmission.Accept : Admission;

    /// <summary>Callers of the routing decisions, as the policy was told them.</summary>
    public List<string> Callers { get; } = [];

    public RoutePlan Route(in RouteRequest request)
    {
        Callers.Add(Encoding.UTF8.GetString(request.Caller));
        return FindPlan(request);
    }

    private RoutePlan FindPlan(in RouteRequest request) => Plans.GetValueOrDefault(Encoding.UTF8.GetString(request.Called), RoutePlan.UnknownNumber);
}
