using System.Runtime.InteropServices;

namespace MediaCore.Server.Hosting;

/// <summary>
/// What the process was told by signals: the first SIGTERM or SIGINT asks for a drain, the second cuts it short, SIGHUP asks for a reload.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _now = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _gate = new();
    private Action? _reload;
    private int _stopCount;

    /// <summary>Cancelled by the first request to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Cancelled by the second one.</summary>
    public CancellationToken StopNow => _now.Token;

    /// <summary>The signal that asked first.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Takes over the process's signals; the default action (die at once) no longer happens.</summary>
    public void Register()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => HandleStop(context, "SIGTERM")));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => HandleStop(context, "SIGINT")));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            RequestReload();
        }));
    }

    /// <summary>What to do at SIGHUP; it runs on the signal's thread, one at a time.</summary>
    public void OnReload(Action reload) => _reload = reload;

    /// <summary>Asks for a stop: gently first, at once the second time.</summary>
    public void RequestStop(string reason)
    {
        switch (Interlocked.Increment(ref _stopCount))
        {
            case 1:
                Reason = reason;
                _stop.Cancel();
                break;
            case 2:
                _now.Cancel();
                break;
        }
    }

    /// <summary>Asks for a reload; two at once run one after the other.</summary>
    public void RequestReload()
    {
        lock (_gate)
        {
            _reload?.Invoke();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
        _now.Dispose();
    }

    private void HandleStop(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        RequestStop(name);
    }
}
