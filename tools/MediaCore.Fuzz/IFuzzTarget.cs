namespace MediaCore.Fuzz;

/// <summary>Something that reads bytes from the wire, and what must hold whatever the bytes are.</summary>
public interface IFuzzTarget
{
    /// <summary>Name on the command line and in the names of crash files.</summary>
    string Name { get; }

    /// <summary>Bytes to begin with, where no corpus is given.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Reads the input. Whatever it throws is a finding; <see cref="BrokenInvariantException"/> says in words what did not hold.</summary>
    void Run(byte[] input);
}
