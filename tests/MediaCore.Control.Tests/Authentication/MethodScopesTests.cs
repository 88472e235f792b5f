using System.Reflection;
using Google.Protobuf.Reflection;
using MediaCore.Control.Authentication;
using MediaCore.Control.V1;

namespace MediaCore.Control.Tests.Authentication;

public class MethodScopesTests
{
    [Fact]
    public void EveryMethod_HasAScope_AndNoOtherHas()
    {
        // Policy is asked by the server, not of it.
        IEnumerable<string> served = typeof(Admin).Assembly.GetTypes()
            .Where(static type => type.Namespace == "MediaCore.Control.V1" && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(static type => (FileDescriptor)type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!)
            .SelectMany(static file => file.Services)
            .Where(static service => service.Name != "Policy")
            .SelectMany(static service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"));
        Assert.Equal(served.Order(StringComparer.Ordinal), MethodScopes.Known.Where(static path => path.StartsWith("/mediacore.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/mediacore.v1.CallControl/GetCall", ControlScope.Read)]
    [InlineData("/mediacore.v1.CallControl/Session", ControlScope.Control)]
    [InlineData("/mediacore.v1.CallControl/Hangup", ControlScope.Control)]
    [InlineData("/mediacore.v1.Admin/GetNode", ControlScope.Read)]
    [InlineData("/mediacore.v1.Admin/Drain", ControlScope.Admin)]
    [InlineData("/grpc.health.v1.Health/Check", ControlScope.None)]
    [InlineData("/mediacore.v1.Admin/Unheard", ControlScope.Admin)]
    [InlineData("", ControlScope.Admin)]
    public void Method_AsksForItsScope(string path, ControlScope scope) => Assert.Equal(scope, MethodScopes.Get(path));
}
