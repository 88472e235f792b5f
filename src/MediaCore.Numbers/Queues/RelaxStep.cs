namespace MediaCore.Numbers.Queues;

/// <summary>What is asked of agents from some wait on.</summary>
/// <param name="After">From which wait on, by the clock: whether somebody rings meanwhile makes no difference.</param>
/// <param name="Skills">What is asked then.</param>
/// <param name="KeepsCallSkills">Whether what the call itself asks for is asked still.</param>
public sealed record RelaxStep(TimeSpan After, SkillExpression Skills, bool KeepsCallSkills);
