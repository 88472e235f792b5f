using System.Collections.Concurrent;
using EchoAgent;
using Grpc.Core;
using Grpc.Net.Client;
using MediaCore.Control.V1;

// An agent that says back what it is told. It takes the calls that are offered to its application, answers them, and has a Conversation with each.
string address = args.Length > 0 ? args[0] : "http://127.0.0.1:50051";
string application = args.Length > 1 ? args[1] : "agent";
string controller = "echo-agent-" + Environment.ProcessId;

// One connection for everything: the session, and a stream of sound for each call.
using GrpcChannel channel = GrpcChannel.ForAddress(address);
CallControl.CallControlClient control = new(channel);
AudioStreams.AudioStreamsClient audio = new(channel);
ConcurrentDictionary<string, string> answers = new();

using AsyncDuplexStreamingCall<SessionRequest, SessionResponse> session = control.Session();
await session.RequestStream.WriteAsync(new SessionRequest
{
    // With auto_claim a call is ours when we hear of it. Should this program die, its callers are not left in silence.
    Open = new Open { Controller = controller, Applications = { application }, AutoClaim = true, OnLost = ReleasePolicy.HangUp },
});

await foreach (SessionResponse message in session.ResponseStream.ReadAllAsync())
{
    switch (message)
    {
        case { Opened: not null }:
            Console.WriteLine($"Waiting for calls to {application}");
            break;
        case { Reply: { Status: not CommandReply.Types.Status.Accepted } refusal }:
            Console.WriteLine($"Refused: {refusal.Problem}");
            break;
        case { Event: { CallOffered: not null } offered }:
            string commandId = Guid.NewGuid().ToString();
            answers[commandId] = offered.CallId;
            await session.RequestStream.WriteAsync(new SessionRequest
            {
                Command = new Command { Answer = new AnswerRequest { Target = new Target { CommandId = commandId, CallId = offered.CallId } } },
            });
            break;
        case { Event.CommandEnded: { Outcome: CommandEnded.Types.Outcome.Completed } ended } when answers.TryRemove(ended.CommandId, out string? callId):
            // Answered: from here on its sound is a matter between the conversation and the caller.
            _ = new Conversation(audio, controller, callId).RunAsync();
            break;
    }
}
