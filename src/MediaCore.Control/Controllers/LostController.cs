namespace MediaCore.Control.Controllers;

/// <summary>A controller has not come back in time: its calls follow the terms.</summary>
/// <param name="Name">Who.</param>
/// <param name="Terms">What becomes of the calls.</param>
internal readonly record struct LostController(string Name, ReleaseTerms Terms);
