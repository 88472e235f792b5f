namespace MediaCore.Numbers.Storage;

/// <summary>Code of one tenant tried to write another's row: a defect, which the database does not get to see.</summary>
public sealed class ForeignTenantException(string message) : InvalidOperationException(message);
