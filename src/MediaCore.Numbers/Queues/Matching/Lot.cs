namespace MediaCore.Numbers.Queues.Matching;

/// <summary>Draws lots among agents: xorshift64*, seeded, so that a run can be repeated. Nothing is kept secret by it.</summary>
internal sealed class Lot(ulong seed)
{
    private ulong _state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed;

    /// <summary>A number from 0 up to below <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(NextDouble() * bound);

    /// <summary>A number from 0 up to below 1.</summary>
    public double NextDouble()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return ((_state * 0x2545_F491_4F6C_DD1D) >> 11) * (1.0 / (1UL << 53));
    }
}
