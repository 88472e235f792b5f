namespace MediaCore.Control.Policy;

/// <summary>One kind of question: a breaker and bounds of its own, so that a control plane which is slow at one is still asked the others.</summary>
internal sealed class PolicyLine(string name, PolicyOptions options)
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrent);
    private readonly int _bound = options.MaxConcurrent + options.MaxWaiting;
    private int _inside;

    /// <summary>Its name in metrics and logs.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it is asked at all.</summary>
    public CircuitBreaker Breaker { get; } = new(options.Breaker);

    /// <summary>Takes a place among those that are asked or wait; false when there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= _bound)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>Waits for the turn of a question that has a place.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _places.WaitAsync(cancellation);

    /// <summary>A question has ended.</summary>
    /// <param name="hadTurn">Whether its turn had come.</param>
    public void Leave(bool hadTurn)
    {
        if (hadTurn)
        {
            _places.Release();
        }

        Interlocked.Decrement(ref _inside);
    }
}
