using System.Collections.Immutable;
using MediaCore.Numbers.Inventory;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Storage;

/// <summary>An account made at the first start, with the password that is shown this once and kept nowhere.</summary>
/// <param name="Name">Account.</param>
/// <param name="Password">Its password.</param>
public sealed record FirstAccount(string Name, string Password)
{
    /// <summary>Without the password: a record's usual text would put it into logs.</summary>
    public override string ToString() => Name;
}

/// <summary>What the first start put into an empty database.</summary>
/// <param name="Number">The demo number.</param>
/// <param name="Accounts">The accounts.</param>
public sealed record FirstStartResult(string Number, ImmutableArray<FirstAccount> Accounts);

/// <summary>
/// Fills a new database so that there is something to call: a number from the range reserved for examples (NANP 555-0100 to 555-0199) that
/// rings the first account and then speaks, and two accounts with random passwords.
/// </summary>
public static class FirstStart
{
    /// <summary>The demo number.</summary>
    public const string DemoNumber = "+12025550100";

    /// <summary>What the demo number says when nobody answers.</summary>
    public const string Announcement = "Hello. You have reached the demonstration number of MediaCore. Nobody can take your call right now. Thank you for calling, and goodbye.";

    private static readonly string[] AccountNames = ["1001", "1002"];

    /// <summary>Seeds a database in which nothing was ever changed; null for any other, even one that has been emptied again.</summary>
    public static async Task<FirstStartResult?> SeedAsync(NumberStore store, CancellationToken cancellationToken = default)
    {
        ImmutableArray<FirstAccount> accounts = [.. AccountNames.Select(name => new FirstAccount(name, GeneratedPassword.Create()))];
        var number = new NumberDefinition(DemoNumber)
        {
            Label = "Demo",
            Targets =
            [
                new NumberTarget(NumberTargetKind.Account, AccountNames[0]),
                new NumberTarget(NumberTargetKind.AnnouncementText, Announcement),
            ],
        };

        // One transaction: a start that dies half-way finds a new database again.
        StoreResult result = await store.ChangeAsync("first-start", "inventory.seed", DemoNumber, string.Join(", ", AccountNames), async context =>
        {
            if (await context.Audit.AnyAsync(cancellationToken) || await context.Accounts.AnyAsync(cancellationToken) || await context.Numbers.AnyAsync(cancellationToken))
            {
                return StoreResult.Conflict("The database is not new.");
            }

            context.Accounts.AddRange(accounts.Select(account => store.MakeAccount(account.Name, account.Password)));
            context.Numbers.Add(store.MakeNumber(number));
            return StoreResult.Done;
        }, cancellationToken);
        return result.IsDone ? new FirstStartResult(DemoNumber, accounts) : null;
    }
}
