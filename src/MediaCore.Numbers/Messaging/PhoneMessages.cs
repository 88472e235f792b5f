using System.Data.Common;
using System.Net.Mime;
using System.Text;
using MediaCore.Engine.Questions;
using MediaCore.Numbers.Identity;
using MediaCore.Numbers.Inventory;
using Microsoft.EntityFrameworkCore;

namespace MediaCore.Numbers.Messaging;

/// <summary>
/// Takes MESSAGEs of tenants' phones (RFC 3428) to numbers and to people of the same tenant: what is stored is answered 202, and goes out by a carrier or to phones, at once or when they are there. Everything else is asked of the control plane behind it, or
/// delivered as if nobody had been asked.
/// </summary>
/// <param name="desk">Takes the messages.</param>
/// <param name="findOwner">The tenant of an account; null for none.</param>
/// <param name="inner">The control plane that is asked for the rest; null for none.</param>
public sealed class PhoneMessages(MessageDesk desk, Func<string, Guid?> findOwner, IControlPlane? inner) : IControlPlane
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Storing takes milliseconds; a phone repeats for 32 s (RFC 3261, timer F), so 5 s for a busy database leave it time.
    private static readonly MessageTerms s_terms = new(TimeSpan.FromSeconds(5), new MessageDecision(480));

    // One object, since shards read it together.
    private volatile KnownTerms _terms = new(null, new QuestionTerms { Messages = s_terms });

    /// <inheritdoc/>
    public QuestionTerms Terms
    {
        get
        {
            KnownTerms known = _terms;
            if (inner?.Terms is { } asked && !ReferenceEquals(asked, known.Inner))
            {
                _terms = known = new KnownTerms(asked, asked with { Messages = asked.Messages ?? s_terms });
            }

            return known.Ours;
        }
    }

    /// <inheritdoc/>
    public IDisposable Ask(RouteQuestion question, Action<RouteDecision?> answered) => inner?.Ask(question, answered) ?? Nothing(answered, null);

    /// <inheritdoc/>
    public IDisposable Ask(AccountQuestion question, Action<AccountDecision?> answered) => inner?.Ask(question, answered) ?? Nothing(answered, null);

    /// <inheritdoc/>
    public IDisposable Ask(TransferQuestion question, Action<bool?> answered) => inner?.Ask(question, answered) ?? Nothing(answered, null);

    /// <inheritdoc/>
    public IDisposable Ask(MessageQuestion question, Action<MessageDecision?> answered)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(answered);
        if (question.Account is { } account && findOwner(account) is { } tenant)
        {
            _ = Task.Run(() => TakeAsync(tenant, account, question, answered));
            return Unwatched.Instance;
        }

        return inner?.Terms.Messages is not null ? inner.Ask(question, answered) : Nothing(answered, MessageDecision.Deliver);
    }

    /// <summary>The words of a body; null for what is no plain text in UTF-8.</summary>
    internal static string? ReadText(string contentType, ReadOnlySpan<byte> body)
    {
        try
        {
            var type = new ContentType(contentType);
            return type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && (type.CharSet is null || type.CharSet.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.CharSet.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
                ? s_strict.GetString(body)
                : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }

    private async Task TakeAsync(Guid tenant, string account, MessageQuestion question, Action<MessageDecision?> answered)
    {
        int status;
        try
        {
            if (ReadText(question.ContentType, question.Body.Span) is { } text)
            {
                StoreResult<Guid> taken = await desk.SendFromPhoneAsync(TenantScope.Of(tenant), account, question.To, text);
                status = taken.Status switch { StoreStatus.Done => 202, StoreStatus.NotFound => 404, StoreStatus.TooMany => 480, _ => 403 };
            }
            else
            {
                status = 415;
            }
        }
        catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
        {
            MessageMetrics.Failures.Add(1);
            status = 480;
        }

        answered(new MessageDecision(status));
    }

    private static Unwatched Nothing<T>(Action<T> answered, T answer)
    {
        answered(answer);
        return Unwatched.Instance;
    }

    private sealed record KnownTerms(QuestionTerms? Inner, QuestionTerms Ours);

    /// <summary>What is stored is stored, whether or not the phone still waits.</summary>
    private sealed class Unwatched : IDisposable
    {
        public static readonly Unwatched Instance = new();

        public void Dispose()
        {
        }
    }
}
