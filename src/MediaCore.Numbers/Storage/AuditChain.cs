using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MediaCore.Numbers.Model;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>The chain of hashes through the audit.</summary>
public static class AuditChain
{
    /// <summary>Hash of an entry, which covers the hash of the one before it. Each column is preceded by its length, so that none can flow into the next.</summary>
    public static string HashOf(AuditEvent entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, entry.PreviousHash);
        Append(hash, entry.Seq.ToString());
        Append(hash, entry.TenantId.ToString());
        Append(hash, entry.AtMs.ToString());
        Append(hash, entry.Actor);
        Append(hash, entry.Action);
        Append(hash, entry.Entity);
        Append(hash, entry.EntityId.ToString());
        Append(hash, entry.Changes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Goes through the whole audit. The result is the sequence number of the first entry that is not what was written, or is missing; null when all is
    /// as it was. Somebody who can write the database and knows this code can make a new chain: keep the newest hash elsewhere against that.
    /// </summary>
    public static async Task<long?> FindBreakAsync(ServiceContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Scope.IsPlatform)
        {
            throw new ArgumentException("A tenant sees its own entries alone, which are no chain: use the platform's scope.", nameof(context));
        }

        StoreState end = await context.State.AsNoTracking().SingleAsync(cancellationToken);
        long expected = 0;
        string previous = "";
        await foreach (AuditEvent entry in context.Audit.AsNoTracking().Where(row => row.Seq <= end.Seq).OrderBy(row => row.Seq).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            expected++;
            if (entry.Seq != expected || entry.PreviousHash != previous || entry.Hash != HashOf(entry))
            {
                return expected;
            }

            previous = entry.Hash;
        }

        return expected == end.Seq && previous == end.Hash ? null : expected + 1;
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
