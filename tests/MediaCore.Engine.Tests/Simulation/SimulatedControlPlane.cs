using MediaCore.Engine.Questions;

namespace MediaCore.Engine.Tests.Simulation;

/// <summary>A control plane that answers when the test says so.</summary>
internal sealed class SimulatedControlPlane(World world) : IControlPlane
{
    public QuestionTerms Terms { get; set; } = new()
    {
        Route = new RouteTerms(TimeSpan.FromSeconds(3), new RejectDecision(503)),
        Accounts = new AccountTerms(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(30)),
        Transfers = new TransferTerms(TimeSpan.FromSeconds(2), AllowsByDefault: false),
        Messages = new MessageTerms(TimeSpan.FromSeconds(2), MessageDecision.Deliver),
    };

    /// <summary>What was asked, in its order.</summary>
    public List<Asked> Questions { get; } = [];

    /// <summary>The last question.</summary>
    public Asked Last => Questions[^1];

    public IDisposable Ask(RouteQuestion question, Action<RouteDecision?> answered) => Add(question, answer => answered((RouteDecision?)answer));

    public IDisposable Ask(AccountQuestion question, Action<AccountDecision?> answered) => Add(question, answer => answered((AccountDecision?)answer));

    public IDisposable Ask(TransferQuestion question, Action<bool?> answered) => Add(question, answer => answered((bool?)answer));

    public IDisposable Ask(MessageQuestion question, Action<MessageDecision?> answered) => Add(question, answer => answered((MessageDecision?)answer));

    private Asked Add(object question, Action<object?> answered)
    {
        var asked = new Asked(world, question, answered);
        Questions.Add(asked);
        return asked;
    }

    internal sealed class Asked(World world, object question, Action<object?> answered) : IDisposable
    {
        public object Question { get; } = question;

        /// <summary>Nobody waits for it any more.</summary>
        public bool IsAbandoned { get; private set; }

        /// <summary>Answers; null for the client's word that there is no answer.</summary>
        public void Answer(object? answer) => world.Bring(() => answered(answer));

        public void Dispose() => IsAbandoned = true;
    }
}
