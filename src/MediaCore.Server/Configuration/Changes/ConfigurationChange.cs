namespace MediaCore.Server.Configuration.Changes;

/// <summary>A piece of the configuration that was changed while the server ran.</summary>
/// <param name="Json">Its value; null where it was deleted.</param>
/// <param name="BasedOn">Fingerprint of what the file had of it then (<see cref="ConfigurationSource.Fingerprint"/>); empty for nothing.</param>
/// <param name="At">When.</param>
/// <param name="By">Whose credential it was.</param>
internal sealed record ConfigurationChange(string? Json, string BasedOn, DateTimeOffset At, string By);
