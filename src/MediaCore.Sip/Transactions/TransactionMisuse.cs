using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MediaCore.Sip.Transactions;

/// <summary>Exceptions for calls that our own code must not make; nothing from the wire leads here.</summary>
internal static class TransactionMisuse
{
    public static void ThrowIfRunning(TransactionState state)
    {
        if (state != TransactionState.Terminated)
        {
            ThrowRunning(state);
        }
    }

    public static void ThrowIfNotStatusCode(int statusCode)
    {
        if (!StatusClass.IsStatusCode(statusCode))
        {
            ThrowNotStatusCode(statusCode);
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowRunning(TransactionState state) =>
        throw new InvalidOperationException($"The transaction is {state}; only one that has terminated or was reset can be started.");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowNotStatusCode(int statusCode) =>
        throw new ArgumentOutOfRangeException(nameof(statusCode), statusCode, "A status code lies between 100 and 699.");
}
