using System.Diagnostics.CodeAnalysis;
using System.Text;
using MediaCore.Engine.Registrar;
using MediaCore.Sip.Authentication;

namespace MediaCore.Engine.Tests.Simulation;

internal sealed class SimulatedAccounts : IAccountDirectory
{
    private readonly Dictionary<string, Account> _accounts = [];

    public void Add(string name, string password) => _accounts[name] = new Account(name, DigestSecret.Create(name, "mediacore", password));

    public void Remove(string name) => _accounts.Remove(name);

    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Account? account) => _accounts.TryGetValue(Encoding.UTF8.GetString(name), out account);
}
