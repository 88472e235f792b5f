namespace MediaCore.Numbers.Calls;

/// <summary>Begins with calls that the service makes itself.</summary>
public interface ICallStarter
{
    /// <summary>Begins: the outermost activity sends the <see cref="Engine.Control.Commands.OriginateCommand"/>, with <see cref="CallDirector.Application"/> as controller and the identifier of the facts. False when the service is ending or there is no room.</summary>
    bool Begin(CallBeginning beginning);
}
