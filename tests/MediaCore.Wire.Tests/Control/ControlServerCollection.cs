namespace MediaCore.Wire.Tests.Control;

/// <summary>Tests on the server of <see cref="ControlServerFixture"/>.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // What xunit calls it.
public sealed class ControlServerCollection : ICollectionFixture<ControlServerFixture>
#pragma warning restore CA1711
{
    public const string Name = "control server";
}
