using System.Net;
using MediaCore.Smpp.Pdus;
using Microsoft.Extensions.Logging;

namespace MediaCore.Numbers.Messaging.Smpp;

/// <content>Log events 7175-7178.</content>
internal sealed partial class SmppProgram
{
    [LoggerMessage(7175, LogLevel.Information, "SMPP program {Account} is bound ({Bind}).", EventName = "SmppProgramBound")]
    private partial void LogProgramBound(string account, CommandId bind);

    [LoggerMessage(7176, LogLevel.Warning, "A bind from {Address} was refused: no such account, a wrong password, or a network that is not the account's.", EventName = "SmppBindRefused")]
    private partial void LogRefused(IPAddress address);

    [LoggerMessage(7177, LogLevel.Error, "SMPP program {Account} cannot bind: there is no tenant {Tenant}.", EventName = "SmppNoTenant")]
    private partial void LogNoTenant(string account, string tenant);

    [LoggerMessage(7178, LogLevel.Error, "The database did not take what SMPP program {Account} asked for; the program is told so.", EventName = "SmppNotStored")]
    private partial void LogDatabase(string account, Exception fault);
}
