namespace MediaCore.Server.Demo;

/// <summary>One thing that the demo looked at.</summary>
/// <param name="What">What should be so.</param>
/// <param name="IsRight">Whether it was.</param>
/// <param name="Detail">What was seen.</param>
internal sealed record DemoCheck(string What, bool IsRight, string Detail);
