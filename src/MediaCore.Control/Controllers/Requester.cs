namespace MediaCore.Control.Controllers;

/// <summary>Whose command it is.</summary>
/// <param name="Controller">The controller's name.</param>
/// <param name="Epoch">The epoch under which it claims and makes calls.</param>
/// <param name="IsOperator">Whether it may act on anybody's calls.</param>
internal readonly record struct Requester(string Controller, long Epoch, bool IsOperator = false);
