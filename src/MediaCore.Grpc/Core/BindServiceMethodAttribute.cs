namespace Grpc.Core;

/// <summary>Names the generated method that binds a service; stands on the service's generated base class.</summary>
/// <param name="bindType">The class with the method.</param>
/// <param name="bindMethodName">The method, of a <see cref="ServiceBinderBase"/> and the service.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The class with the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>The method's name.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
