namespace MediaCore.Server.Configuration.Changes;

/// <summary>Which piece of the configuration.</summary>
/// <param name="Section">One of <see cref="ConfigurationSections"/>.</param>
/// <param name="Name">Name of the item; empty for a section that is one object.</param>
internal readonly record struct ResourceName(string Section, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? Section : $"{Section} \"{Name}\"";
}
