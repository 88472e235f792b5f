using System.Collections.Immutable;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Engine.Trunks.Probing;
using MediaCore.Engine.Trunks.Registration;
using MediaCore.Primitives;

namespace MediaCore.Engine.Trunks;

/// <summary>
/// One shard's part in keeping trunks: it registers with and probes those whose name falls to it, and tells by our contact which trunk a call came by. What
/// it finds stands in <see cref="TrunkStatus"/> for all shards to read.
/// </summary>
internal sealed class TrunkAgents(ShardContext context, TransactionLayer transactions)
{
    private readonly Dictionary<string, RegistrationAgent> _registrations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProbeAgent> _probes = new(StringComparer.Ordinal);
    private Dictionary<string, ImmutableArray<Trunk>> _byContact = new(StringComparer.Ordinal);
    private bool _isDraining;

    /// <summary>Takes the configured trunks, at the start and at each reload: what is new begins, what is gone ends, what stayed the same goes on undisturbed.</summary>
    public void Apply(ImmutableArray<Trunk> trunks)
    {
        _byContact = trunks.Where(static t => t.Registration is not null)
            .GroupBy(static t => t.Registration!.ContactUser, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.ToImmutableArray(), StringComparer.Ordinal);
        if (_isDraining)
        {
            return;
        }

        ImmutableDictionary<string, Trunk> own = trunks.Where(IsOwn).ToImmutableDictionary(static t => t.Name, StringComparer.Ordinal);
        foreach ((string name, RegistrationAgent agent) in _registrations.ToArray())
        {
            if (own.TryGetValue(name, out Trunk? trunk) && agent.Options.IsSame(trunk.Registration))
            {
                agent.Update(trunk);
            }
            else
            {
                _registrations.Remove(name);
                agent.Remove(isReplaced: true);
            }
        }

        foreach ((string name, ProbeAgent agent) in _probes.ToArray())
        {
            if (own.TryGetValue(name, out Trunk? trunk) && trunk.Probe is not null)
            {
                agent.Update(trunk);
            }
            else
            {
                _probes.Remove(name);
                agent.Stop();
            }
        }

        foreach (Trunk trunk in own.Values)
        {
            Begin(trunk);
        }
    }

    /// <summary>The server is about to stop: registrars are told that we are gone, so that they send new calls elsewhere, and nothing is probed any more.</summary>
    public void BeginDrain()
    {
        _isDraining = true;
        foreach (ProbeAgent agent in _probes.Values)
        {
            agent.Stop();
        }

        _probes.Clear();
        foreach (RegistrationAgent agent in _registrations.Values)
        {
            agent.Remove(isReplaced: false);
        }

        _registrations.Clear();
    }

    /// <summary>The server goes on after all; <see cref="Apply"/> begins anew.</summary>
    public void EndDrain() => _isDraining = false;

    /// <summary>A connection that a registration was made on is gone: the registrar may not reach us any more.</summary>
    public void HandleStreamLost(IStreamFlow stream)
    {
        foreach (RegistrationAgent agent in _registrations.Values)
        {
            if (ReferenceEquals(agent.Stream, stream))
            {
                agent.RegisterSoon();
            }
        }
    }

    /// <summary>
    /// The trunk that we are registered with under the contact that was called, when the call comes from where that trunk is; null for none. Tells accounts
    /// with one carrier apart, which the source address cannot.
    /// </summary>
    public Trunk? FindByContact(in NetworkEndpoint source, ReadOnlySpan<byte> calledUser)
    {
        if (_byContact.Count == 0)
        {
            return null;
        }

        Span<char> user = stackalloc char[256];
        if (calledUser.Length > user.Length || !System.Text.Encoding.UTF8.TryGetChars(calledUser, user, out int length)
            || !_byContact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(user[..length], out ImmutableArray<Trunk> trunks))
        {
            return null;
        }

        foreach (Trunk trunk in trunks)
        {
            if (trunk.Owns(source))
            {
                return trunk;
            }
        }

        return null;
    }

    private void Begin(Trunk trunk)
    {
        TrunkStatus status = context.Trunks.Get(trunk);
        if (trunk.Registration is not null && !_registrations.ContainsKey(trunk.Name))
        {
            var agent = new RegistrationAgent(context, transactions, trunk, status);
            _registrations.Add(trunk.Name, agent);
            agent.Start();
        }

        if (trunk.Probe is not null && !_probes.ContainsKey(trunk.Name))
        {
            string name = trunk.Name;
            var agent = new ProbeAgent(context, transactions, trunk, status, () => OnReturn(name));
            _probes.Add(name, agent);
            agent.Update(trunk);
        }
    }

    /// <summary>A destination is back: it may have forgotten our registration with its restart.</summary>
    private void OnReturn(string name)
    {
        if (_registrations.TryGetValue(name, out RegistrationAgent? agent))
        {
            agent.RegisterSoon();
        }
    }

    /// <summary>FNV-1a of the name: every shard must come to the same answer.</summary>
    private bool IsOwn(Trunk trunk)
    {
        uint hash = 2_166_136_261;
        foreach (char c in trunk.Name)
        {
            hash = (hash ^ c) * 16_777_619;
        }

        return hash % (uint)context.AllStatistics.Length == context.Index;
    }
}
