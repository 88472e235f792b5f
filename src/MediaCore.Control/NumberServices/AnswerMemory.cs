using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using MediaCore.Control.V1;
using MediaCore.Numbers.Model;
using MediaCore.Numbers.Storage;

namespace MediaCore.Control.NumberServices;

/// <summary>
/// What changing calls were answered, by their idempotency keys: the same call gets the same answer and is not carried out again. A call that was refused leaves no answer. Of one that is
/// lost with its server it is known after the restart whether it was carried out; a server that does not come back keeps its keys for <see cref="ApiLimits.PendingTime"/>.
/// </summary>
internal sealed class AnswerMemory(ServiceStore store, string node)
{
    /// <summary>First byte of an answer that can be given again.</summary>
    private const byte Kept = 1;

    /// <summary>The whole of an answer that had a secret.</summary>
    private const byte Secret = 0;

    private readonly ApiAnswers _answers = new(store, node);

    /// <summary>Carries a call out, or finds what it was answered.</summary>
    public async Task<TResponse> RunAsync<TResponse>(ApiCaller caller, ApiMethod method, string key, IMessage request, Func<Task<TResponse>> run, CancellationToken cancellationToken)
        where TResponse : class
    {
        if (key.Length > ApiLimits.MaxIdempotencyKeyCharacters || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw ApiErrors.Invalid("idempotency-key", $"An idempotency key has 1 to {ApiLimits.MaxIdempotencyKeyCharacters} visible characters.");
        }

        string hash = HashOf(caller, method, request);
        (ApiAnswer row, bool isNew) = await _answers.BeginAsync(caller.Scope, key, hash, ApiLimits.AnswerMemory, ApiLimits.PendingTime, cancellationToken);
        if (!isNew)
        {
            return Repeat<TResponse>(row, hash, _answers.IsOpen(row, ApiLimits.PendingTime));
        }

        _answers.Enter(row);
        TResponse response;
        try
        {
            response = await run();
        }
        catch
        {
            await _answers.AbandonAsync(caller.Scope, row.Id, CancellationToken.None);
            throw;
        }

        await _answers.CompleteAsync(caller.Scope, row.Id, method.HasSecret ? [Secret] : [Kept, .. ((IMessage)response).ToByteArray()], CancellationToken.None);
        return response;
    }

    private static TResponse Repeat<TResponse>(ApiAnswer row, string hash, bool isOpen)
        where TResponse : class
    {
        if (row.RequestHash != hash)
        {
            throw ApiErrors.Make(StatusCode.AlreadyExists, "IDEMPOTENCY_KEY_REUSED", "This idempotency key was used for another call: a call that differs needs a key of its own.");
        }

        if (isOpen || row.Answer is not [var kind, .. var bytes])
        {
            throw ApiErrors.Make(StatusCode.Aborted, "IN_PROGRESS", "The call of this idempotency key goes on: ask again in a moment.");
        }

        if (kind == ApiAnswers.CarriedOut)
        {
            throw ApiErrors.Make(StatusCode.AlreadyExists, "CARRIED_OUT", "The call of this idempotency key was carried out, and its answer was lost with its server: look at what is there.");
        }

        if (kind == Secret)
        {
            throw ApiErrors.Make(StatusCode.AlreadyExists, "SECRET_SHOWN", "The call of this idempotency key was carried out, and its answer had a secret that is kept nowhere: make another.");
        }

        var response = (IMessage)Activator.CreateInstance<TResponse>();
        response.MergeFrom(bytes);
        return (TResponse)response;
    }

    /// <summary>The caller counts too: what one key was answered is not for another with fewer permissions.</summary>
    private static string HashOf(ApiCaller caller, ApiMethod method, IMessage request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{caller.Name}\n{method.FullName}\n"));
        
        // A PIN has few digits: even in a hash it could be found by trying, so it stays out.
        hash.AppendData((request is SetPinRequest { Id: var box } ? new SetPinRequest { Id = box } : request).ToByteArray());
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
