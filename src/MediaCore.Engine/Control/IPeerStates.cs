using MediaCore.Engine.Control.Events;

namespace MediaCore.Engine.Control;

/// <summary>Who is registered and how the trunks are, told in the form of their events. Safe from any thread.</summary>
public interface IPeerStates
{
    /// <summary>Accounts with contacts, one after the other and without a copy of them all; what changes meanwhile may be seen or not.</summary>
    IEnumerable<RegistrationChanged> DescribeRegistrations();

    /// <summary>How many contacts of an account calls can reach now.</summary>
    int CountContacts(string account) => DescribeRegistrations().FirstOrDefault(one => one.Account == account)?.Contacts ?? 0;

    /// <summary>The configured trunks.</summary>
    IEnumerable<TrunkChanged> DescribeTrunks();
}
