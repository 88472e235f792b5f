using System.Reflection;
using Google.Protobuf.Reflection;

namespace Grpc.AspNetCore.Server;

/// <summary>The services that are mapped in a host: what reflection tells, and what tells an unknown method from an unknown service.</summary>
internal sealed class MappedServices
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<ServiceDescriptor> _descriptors = [];

    /// <summary>Whether calls of what is not mapped are answered already.</summary>
    public bool HasFallback { get; set; }

    public IReadOnlyList<ServiceDescriptor> Descriptors => _descriptors;

    public bool Has(string service) => _names.Contains(service);

    public void Add(string service, Type bindType)
    {
        // Generated code has the descriptor beside the base class; a service that somebody bound by hand has none and is not told of.
        if (_names.Add(service) && bindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) is ServiceDescriptor descriptor)
        {
            _descriptors.Add(descriptor);
        }
    }
}
