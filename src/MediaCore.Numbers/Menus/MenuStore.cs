using MediaCore.Numbers.Documents;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Plans;
using MediaCore.Numbers.Storage;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Menus;

/// <summary>The menus of tenants: drafts, what is wrong with them, and which revision is in force. What is published has passed <see cref="MenuCheck"/>, and so has what is rolled back to, since what it names may be gone.</summary>
/// <param name="store">The database.</param>
/// <param name="isTrunk">Whether the tenant may use a trunk of a name; null where that is not known.</param>
public sealed class MenuStore(ServiceStore store, TrunkRule? isTrunk = null)
{
    /// <summary>Drafts, publishing and rolling back.</summary>
    public RevisionStore<Menu, MenuRevision> Revisions { get; } = new(store, "menu", checkWithin: async (context, _, document) =>
        [.. (await CheckAsync(context, document, isTrunk, CancellationToken.None)).Select(static error => error.ToString())]);

    /// <summary>All that keeps a document from coming into force; nothing where it may.</summary>
    public async Task<IReadOnlyList<DocumentError>> ValidateAsync(TenantScope scope, string document, CancellationToken cancellationToken = default)
    {
        await using ServiceContext context = store.Open(scope);
        return await CheckAsync(context, document, isTrunk, cancellationToken);
    }

    /// <summary>Menus that lead to each other are published one after the other, so of a menu it is enough that it is there; all else is in force.</summary>
    private static async Task<IReadOnlyList<DocumentError>> CheckAsync(ServiceContext context, string document, TrunkRule? isTrunk, CancellationToken cancellationToken)
    {
        DocumentNames names = await DocumentNames.ReadAsync(context, isTrunk, cancellationToken);
        HashSet<string> menus = new(await context.Menus.Select(static row => row.Name).ToListAsync(cancellationToken), StringComparer.OrdinalIgnoreCase);
        return MenuCheck.Check(document, (kind, name) => kind == ReferenceKind.Menu ? menus.Contains(name) : names.Has(kind, name));
    }
}
