namespace MediaCore.Control.Controllers;

/// <summary>A controller is there.</summary>
/// <param name="Epoch">The epoch under which it controls calls from now on.</param>
/// <param name="Replaced">Its session until now; null where it had none.</param>
internal readonly record struct OwnershipResult(long Epoch, object? Replaced = null);
