using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Control;

/// <summary>Who is registered and how the trunks are, told in the form of their events. Safe from any thread.</summary>
public interface IPeerStates
{
    /// <summary>Accounts with contacts, one after the other and without a copy of them all; what changes meanwhile may be seen or not.</summary>
    IEnumerable<RegistrationChanged> DescribeRegistrations();

    /// <summary>The configured trunks.</summary>
    IEnumerable<TrunkChanged> DescribeTrunks();
}
