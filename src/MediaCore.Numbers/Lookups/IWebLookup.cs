namespace MediaCore.Numbers.Lookups;

/// <summary>Asks web servers of users, for menus. Safe from any thread.</summary>
public interface IWebLookup
{
    /// <summary>Asks. Never throws for what the server or the network does: the answer says what came of it.</summary>
    Task<WebAnswer> AskAsync(WebQuestion question, CancellationToken cancellationToken);
}
