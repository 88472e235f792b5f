using System.Collections.Frozen;
using System.Text;
using MediaCore.Engine.Control;
using MediaCore.Engine.Control.Commands;
using MediaCore.Engine.Control.Events;
using MediaCore.Engine.Messaging;
using MediaCore.Engine.Policies;
using MediaCore.Engine.Signalling;
using MediaCore.Sip.Messages;

namespace MediaCore.Engine.Calls;

/// <summary>INFO (RFC 6086) and MESSAGE (RFC 3428) by command: to a party of a call in its dialog, and messages to anybody outside of calls.</summary>
internal sealed partial class BackToBackUserAgent
{
    /// <summary>What sends messages outside of calls; set before the first command.</summary>
    internal MessageCore? Messages { get; set; }

    private CommandReply InfoByCommand(Call call, Leg? named, SendInfoCommand command)
    {
        if (command.Package is { } package && (package.Length is 0 or > ControlLimits.MaxTextChars || !package.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '!' or '%' or '*' or '_' or '+' or '`' or '\'' or '~')))
        {
            return Refuse(CommandStatus.InvalidArgument, "package is a token (RFC 6086 §7.2).");
        }

        return Ask(call, named, command, SipMethod.Info, command.ContentType, command.Body, command.Package);
    }

    /// <summary>Sends a MESSAGE outside of calls.</summary>
    private CommandReply MessageByCommand(SendMessageCommand command, FrozenDictionary<string, SipPeer> peers)
    {
        if (command.Target is not { } destination)
        {
            return Refuse(CommandStatus.InvalidArgument, "A message names a call, or a target.");
        }

        if ((CheckBody(command.ContentType, command.Body) ?? CheckParty(command.CallerNumber, name: null)) is { } refusal)
        {
            return refusal;
        }

        if (command.Body.Length > _context.Options.MaxMessageBytes)
        {
            return Refuse(CommandStatus.InvalidArgument, $"A message outside of a call has at most {_context.Options.MaxMessageBytes} bytes.");
        }

        if (FindTarget(null, destination, peers, out DialTarget? target) is { } problem)
        {
            return problem;
        }

        return Messages!.TrySend(target!, Encoding.UTF8.GetBytes(command.CallerNumber ?? ""), Encoding.ASCII.GetBytes(command.ContentType), command.Body.ToArray(), new CommandedMessage(this, command))
            ? CommandReply.Accept("")
            : Refuse(_context.IsDraining ? CommandStatus.Unavailable : CommandStatus.ResourceExhausted, _context.IsDraining ? "The server is about to stop." : "As many messages are under way as may be; wait for the ends of some.");
    }

    /// <summary>What has become of a message outside of calls.</summary>
    internal void OnMessageDelivered(SendMessageCommand command, int status)
    {
        if (WantsEvents)
        {
            bool isTaken = status < 300;
            PublishOutside(new CommandEnded
            {
                CommandId = command.CommandId,
                ClientState = command.ClientState,
                Controller = command.Controller,
                Outcome = isTaken ? CommandOutcome.Completed : CommandOutcome.Failed,
                Problem = isTaken ? "" : $"Nobody has taken it: {status}.",
                SipStatus = status,
            });
        }
    }

    /// <summary>Sends a request in a party's dialog.</summary>
    private CommandReply Ask(Call call, Leg? named, CallCommand command, SipMethod method, string contentType, ReadOnlyMemory<byte> body, string? package)
    {
        Leg leg = named ?? call.Caller;
        if ((RefuseUnclaimed(call) ?? CheckBody(contentType, body)) is { } refusal)
        {
            return refusal;
        }

        // Before the answer the caller knows our dialog only from a provisional response with a tag (RFC 3261 §12.1.1).
        bool exists = leg is { HungUp: false, OwesBye: false, Dialog.RemoteTag.IsEmpty: false } && leg.State is LegState.Answered or LegState.Inviting
            && (leg.State == LegState.Answered || !leg.IsInbound || call.ProvisionalSent > 100);
        if (!exists)
        {
            return Refuse(CommandStatus.FailedPrecondition, "There is no dialog with that party yet, or no longer.");
        }

        ReopenFlow(leg);
        Span<byte> branch = stackalloc byte[ClientTransaction.BranchBytes];
        uint cseq = leg.Dialog.NextLocalCSeq();
        OpenCommand open = Begin(call, command, leg);
        var request = new PartyRequest(this, leg, open);
        if (_transactions.Open(method, cseq, request, leg.Flow, branch) is not { } transaction)
        {
            Finish(call, open, CommandOutcome.Failed, "The server has no room for more transactions now.", 503, Q850.ResourceUnavailable);
            return Accept(open, call);
        }

        transaction.Trunk = leg.Trunk;
        SipWriter writer = BeginRequest(leg, method, cseq, branch, 70, out int branchOffset);
        if (package is not null)
        {
            writer.Raw("Info-Package: "u8);
            writer.Raw(Encoding.ASCII.GetBytes(package));
            writer.EndLine();
        }

        FinishRequest(ref writer, leg, method, Encoding.ASCII.GetBytes(contentType), body.Span);
        leg.OpenRequests++;
        _transactions.Start(transaction, writer, branchOffset);
        return Accept(open, call);
    }

    /// <summary>Why a body cannot be sent; null when it can.</summary>
    private static CommandReply? CheckBody(string contentType, ReadOnlyMemory<byte> body) =>
        body.Length > EngineLimits.MaxRelayedBodyBytes ? Refuse(CommandStatus.InvalidArgument, $"body has at most {EngineLimits.MaxRelayedBodyBytes} bytes.")
        : contentType.Length is 0 or > ControlLimits.MaxTextChars || !contentType.Contains('/', StringComparison.Ordinal) || contentType.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? Refuse(CommandStatus.InvalidArgument, "content_type is a media type, such as text/plain.")
        : null;

    /// <summary>The party has answered an INFO or MESSAGE of ours.</summary>
    internal void OnPartyAnswered(PartyRequest request, int status)
    {
        bool isTaken = status < 300;
        Finish(request.Leg.Call, request.Command, isTaken ? CommandOutcome.Completed : CommandOutcome.Failed, isTaken ? "" : $"The party has answered {status}.", status);
    }
}
