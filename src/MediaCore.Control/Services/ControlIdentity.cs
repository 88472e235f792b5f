using Grpc.Core;

namespace MediaCore.Control.Services;

/// <summary>Who calls a control service. Authentication puts it into the features of the HTTP request (<c>Features.Set</c>); without it everybody is <see cref="Local"/>.</summary>
/// <param name="Name">The token's or certificate's name.</param>
/// <param name="Controller">The only controller that it may be; null where it may be any.</param>
/// <param name="IsOperator">Whether it may act on anybody's calls, when it does not say which controller it is.</param>
public sealed record ControlIdentity(string Name, string? Controller, bool IsOperator)
{
    /// <summary>Who comes over loopback without a token.</summary>
    public static ControlIdentity Local { get; } = new("local", Controller: null, IsOperator: true);

    /// <summary>Who has made this call.</summary>
    public static ControlIdentity Of(ServerCallContext context) => context.GetHttpContext().Features.Get<ControlIdentity>() ?? Local;

    /// <summary>Whether it may know of a call that this controller has; null for a call that nobody has.</summary>
    public bool MaySee(string? controller) => Controller is null || controller is null || controller == Controller;
}
