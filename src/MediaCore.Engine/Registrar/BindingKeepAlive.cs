using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Registrar;

/// <summary>
/// Keeps the way to registered phones behind a NAT open: a double line end (the ping of RFC 5626 §3.5.1, which a client sends there, and over connections) to every contact over UDP that registered from another
/// address than the one in its Contact. Contacts over connections, contacts that are where they say they are and those behind an edge proxy
/// (Path) are left alone. One pass over the accounts takes the interval, in even steps, so that nothing is scheduled for each phone.
/// </summary>
internal sealed class BindingKeepAlive(LocationService locations, ISignallingOutput output, ShardStatistics statistics, TimeSpan interval)
{
    private IEnumerator<AccountBindings>? _pass;
    private int _accounts;
    private Timestamp _nextPass;
    private Timestamp _lastStep;

    /// <summary>Does the share of a pass that is due since the last step, at most <see cref="RegistrarLimits.KeptAliveAccountsPerStep"/> accounts.</summary>
    public void Step(Timestamp now)
    {
        if (interval == TimeSpan.Zero)
        {
            return;
        }

        if (_pass is null)
        {
            if (now < _nextPass)
            {
                return;
            }

            _pass = locations.Walk().GetEnumerator();
            _accounts = locations.AccountCount;
            _nextPass = now + interval;
            _lastStep = now;
        }

        double due = Math.Ceiling(_accounts * Math.Max((now - _lastStep) / interval, 0.001));
        _lastStep = now;
        for (int left = (int)Math.Min(due, RegistrarLimits.KeptAliveAccountsPerStep); left > 0; left--)
        {
            if (!_pass.MoveNext())
            {
                _pass.Dispose();
                _pass = null;
                return;
            }

            foreach (Binding binding in _pass.Current.Stored)
            {
                if (binding.ExpiresAt > now && IsBehindNat(binding))
                {
                    // What the socket has no room for is made up for by the next pass.
                    statistics.KeepAlivesSent += output.Send(binding.Flow, "\r\n\r\n"u8) ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Whether a contact registered over UDP from another address or port than its own; a name cannot be compared, and counts as another.</summary>
    public static bool IsBehindNat(Binding binding) =>
        binding.Flow.Stream is null && binding.Path.Length == 0
        && !(SipUri.TryParse(binding.Uri, out SipUri uri)
            && NetworkEndpoint.TryParseAddress(uri.Host, uri.Port == 0 ? binding.Flow.Local.DefaultPort : uri.Port, out NetworkEndpoint contact)
            && contact == binding.Flow.Remote);
}
