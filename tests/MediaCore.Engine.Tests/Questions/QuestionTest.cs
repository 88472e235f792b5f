using MediaCore.Engine.Control;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Questions;
using MediaCore.Engine.Tests.Simulation;

namespace MediaCore.Engine.Tests.Questions;

/// <summary>Calls to +6000 lead to the control plane and then to bob's trunk, those to +6001 to nothing after it.</summary>
public abstract class QuestionTest : CallTest
{
    private protected QuestionTest()
    {
        World.Plane = new SimulatedControlPlane(World);
        var question = new ControlStep(ControlApplication.Policy, TimeSpan.FromSeconds(5)) { Headers = ["X-Account"] };
        World.Policy.Plans["+6000"] = new RoutePlan { Route = "ask", Steps = [question, new DialStep([new TrunkTarget(World.TrunkTo(Bob))], Parallel: false, TimeSpan.FromSeconds(20))] };
        World.Policy.Plans["+6001"] = new RoutePlan { Route = "ask", Steps = [question] };
        World.Policy.TrunksByName["bob"] = World.TrunkTo(Bob);
        World.Policy.TrunksByName["carol"] = World.TrunkTo(Carol);
    }

    private protected SimulatedControlPlane Plane => World.Plane!;

    private protected static DialDecision DialTo(params string[] trunks) =>
        new([.. trunks.Select(static t => new TrunkDestination(t, "+49301234"))], IsSequential: false, TimeSpan.FromSeconds(20));
}
