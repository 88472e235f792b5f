using System.Diagnostics.CodeAnalysis;
using MediaCore.Engine.Registrar;

namespace MediaCore.Server.Hosting;

/// <summary>The accounts of a server without numbers whose control plane knows accounts: none of its own, and so a registrar all the same.</summary>
internal sealed class NoAccounts : IAccountDirectory
{
    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Account? account)
    {
        account = null;
        return false;
    }
}
