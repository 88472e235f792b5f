using System.Text;
using System.Text.Unicode;
using MediaCore.Engine.Registrar;
using MediaCore.Engine.Shards;
using MediaCore.Engine.Signalling;
using MediaCore.Primitives;
using MediaCore.Sip.Authentication;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Questions;

/// <summary>What is known of an account that the server does not have itself.</summary>
internal enum AccountStanding : byte
{
    /// <summary>Nothing: to be asked for.</summary>
    Unknown,

    /// <summary>Its secret.</summary>
    Known,

    /// <summary>The control plane has refused it.</summary>
    Refused,

    /// <summary>The control plane was asked for this request, and has not answered.</summary>
    Unanswered,
}

/// <summary>
/// Requests of one shard whose accounts are asked for at a control plane. A request is kept as it came, and handled again when the answer or the deadline is there; its repetitions meanwhile are dropped, others of the same account
/// wait along. Answers are remembered in the <see cref="AccountCache"/> of all shards.
/// </summary>
internal sealed class AccountQuestions(ShardContext context, TransactionLayer transactions, IControlPlane plane, AccountCache cache)
{
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);
    private readonly SipMessage _cancelled = new();
    private string? _answered;
    private AccountDecision? _answer;

    /// <summary>Handles a request again, on this shard.</summary>
    public required Action<byte[], Flow> Handle { get; init; }

    /// <summary>Requests that wait.</summary>
    public int Parked { get; private set; }

    /// <summary>A request that has waited is being handled again: it came before.</summary>
    public bool IsHandlingAgain => _answered is not null;

    /// <summary>What is known of an account.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="account">The account, when it is known.</param>
    /// <param name="isOld">Whether that was said long enough ago to have changed since.</param>
    public AccountStanding Find(ReadOnlySpan<byte> name, out Account? account, out bool isOld)
    {
        account = null;
        isOld = false;
        if (plane.Terms.Accounts is null || name.Length > DigestLimits.MaxNameBytes || !Utf8.IsValid(name))
        {
            return AccountStanding.Refused;
        }

        bool isAsked = _answered is { } asked && IsName(name, asked);
        if (isAsked && _answer is { } answer)
        {
            // The answer to this very request counts, however short it is remembered.
            account = answer.Secret is { } secret ? new Account(_answered!, secret) : null;
            return account is null ? AccountStanding.Refused : AccountStanding.Known;
        }

        if (!cache.TryGet(name, context.Now, out account, out Timestamp since))
        {
            return isAsked ? AccountStanding.Unanswered : AccountStanding.Unknown;
        }

        // Asked again without an answer, what is remembered stands: a wrong password is then refused and counted as one, as on any other day.
        isOld = !isAsked && context.Now - since > QuestionLimits.TrustedFor;
        return account is null ? AccountStanding.Refused : AccountStanding.Known;
    }

    /// <summary>Asks for an account; the request waits. False where no more may wait.</summary>
    public bool TryAsk(ReadOnlySpan<byte> name, string realm, SipMessage request, in Flow flow)
    {
        if (plane.Terms.Accounts is not { } terms)
        {
            return false;
        }

        string account = Encoding.UTF8.GetString(name);
        uint mark = transactions.GetMark(request);
        if (_waiting.TryGetValue(account, out Waiting? waiting) && waiting.Requests.Exists(parked => parked.Mark == mark))
        {
            context.Statistics.RequestRetransmissionsReceived++;
            return true;
        }

        if (Parked >= QuestionLimits.MaxParkedRequests || waiting?.Requests.Count >= QuestionLimits.MaxParkedPerAccount)
        {
            return false;
        }

        Parked++;
        SessionKey? invite = request.Method == SipMethod.Invite ? TransactionLayer.GetInviteKey(request) : null;
        var parked = new ParkedRequest(request.Bytes.ToArray(), flow, mark, invite);
        if (waiting is not null)
        {
            waiting.Requests.Add(parked);
            return true;
        }

        waiting = new Waiting(this, account);
        waiting.Requests.Add(parked);
        _waiting.Add(account, waiting);
        context.Wheel.Schedule(waiting.Deadline, context.Now + terms.Deadline);
        var question = new AccountQuestion(account, realm, $"{ListenerIdentity.NameOf(flow.Local.Transport)}:{flow.Remote}", Encoding.ASCII.GetString(request.MethodToken));
        Waiting asks = waiting;
        waiting.Asked = plane.Ask(question, answer => context.Output.Post(context.Index, new AnswerExchange(() => OnAnswer(asks, answer))));
        return true;
    }

    /// <summary>The sender of a parked INVITE has changed its mind: it is answered (RFC 3261 §9.2), and so is its CANCEL. False when none waits.</summary>
    public bool TryCancel(SipMessage cancel, in Flow flow)
    {
        if (Parked == 0)
        {
            return false;
        }

        SessionKey key = TransactionLayer.GetInviteKey(cancel);
        NetworkEndpoint remote = flow.Remote;
        foreach (Waiting waiting in _waiting.Values)
        {
            if (waiting.Requests.Find(parked => parked.InviteKey == key && parked.Flow.Remote == remote) is not { } found)
            {
                continue;
            }

            transactions.RespondStateless(cancel, flow, 200, default);
            Forget(waiting, found);
            if (_cancelled.Parse(found.Message, 0, found.Message.Length) == ParseStatus.Complete)
            {
                transactions.RespondStateless(_cancelled, found.Flow, 487, default);
            }

            return true;
        }

        return false;
    }

    private static bool IsName(ReadOnlySpan<byte> name, string account)
    {
        Span<char> text = stackalloc char[256];
        return Encoding.UTF8.TryGetChars(name, text, out int length) && account.AsSpan().SequenceEqual(text[..length]);
    }

    private void Forget(Waiting waiting, ParkedRequest parked)
    {
        Parked--;
        waiting.Requests.Remove(parked);
        if (waiting.Requests.Count == 0)
        {
            _waiting.Remove(waiting.Account);
            context.Wheel.Cancel(waiting.Deadline);
            waiting.Asked?.Dispose();
        }
    }

    private void OnAnswer(Waiting waiting, AccountDecision? answer)
    {
        if (!_waiting.TryGetValue(waiting.Account, out Waiting? current) || !ReferenceEquals(current, waiting))
        {
            // It is still worth remembering: who asks next need not wait.
            context.Statistics.LateAnswers += answer is null ? 0 : 1;
            Remember(waiting.Account, answer);
            return;
        }

        _waiting.Remove(waiting.Account);
        context.Wheel.Cancel(waiting.Deadline);
        context.Statistics.AnswerDefaults += answer is null ? 1 : 0;
        Parked -= waiting.Requests.Count;
        Remember(waiting.Account, answer);
        (_answered, _answer) = (waiting.Account, answer);
        try
        {
            foreach (ParkedRequest parked in waiting.Requests)
            {
                Handle(parked.Message, parked.Flow);
            }
        }
        finally
        {
            (_answered, _answer) = (null, null);
        }
    }

    private void Remember(string name, AccountDecision? answer)
    {
        if (answer is not null && plane.Terms.Accounts is { } terms)
        {
            cache.Set(name, answer.Secret is { } secret ? new Account(name, secret) : null, context.Now, answer.Secret is null ? terms.RefusedFor : terms.KnownFor);
        }
    }

    /// <summary>An account that is asked for.</summary>
    private sealed class Waiting : ITimerOwner
    {
        private readonly AccountQuestions _questions;

        public Waiting(AccountQuestions questions, string account)
        {
            _questions = questions;
            Account = account;
            Deadline = new OwnedTimer(this);
        }

        public string Account { get; }

        public List<ParkedRequest> Requests { get; } = [];

        public OwnedTimer Deadline { get; }

        public IDisposable? Asked { get; set; }

        public void OnTimer(OwnedTimer timer) => _questions.OnAnswer(this, answer: null);
    }
}
