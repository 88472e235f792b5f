namespace MediaCore.Control.NumberServices;

/// <summary>One call of the number service's API: over gRPC, over REST and on the command line.</summary>
/// <param name="Service">The service, without its package.</param>
/// <param name="Name">The method.</param>
/// <param name="Permission">What is needed, <c>resource:verb</c> (<see cref="MediaCore.Numbers.Identity.Permissions"/>). Every verb but <c>read</c> changes something.</param>
/// <param name="Verb">HTTP method.</param>
/// <param name="Path">Path over HTTP; names in braces are fields of the request.</param>
/// <param name="Command">The words after <c>mcctl</c>.</param>
public sealed record ApiMethod(string Service, string Name, string Permission, string Verb, string Path, string Command)
{
    /// <summary>As in a gRPC request: <c>/mediacore.v1.Tenants/GetTenant</c>.</summary>
    public string FullName { get; } = $"/mediacore.v1.{Service}/{Name}";

    /// <summary>Whether it changes anything.</summary>
    public bool IsChanging { get; } = !Permission.EndsWith(":read", StringComparison.Ordinal);

    /// <summary>Whether its answer has a secret, which is kept nowhere, also not for a repetition under the same idempotency key.</summary>
    public bool HasSecret { get; init; }

    /// <summary>Whether it is the platform's to do, for itself or for a tenant.</summary>
    public bool IsOfPlatform { get; init; }
}
