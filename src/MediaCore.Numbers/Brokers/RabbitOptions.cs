namespace MediaCore.Numbers.Brokers;

/// <summary>The RabbitMQ that events are published to.</summary>
/// <param name="Uri">Where it is: <c>amqps://host:5671/virtual-host</c>, or amqp; no user and password in it.</param>
/// <param name="User">Who publishes.</param>
/// <param name="Password">His password.</param>
/// <param name="Exchange">The topic exchange; made, durable, where there is none.</param>
public sealed record RabbitOptions(Uri Uri, string User, string Password, string Exchange)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Uri} as {User} to {Exchange}";
}
