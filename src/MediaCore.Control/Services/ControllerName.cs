using Grpc.Core;
using MediaCore.Engine.Control;

namespace MediaCore.Control.Services;

/// <summary>Names of controllers: what a client may call itself.</summary>
internal static class ControllerName
{
    /// <summary>The metadata of a unary call that says it.</summary>
    public const string Header = "mediacore-controller";

    /// <summary>What is wrong with one that is not valid.</summary>
    public static string Rule { get; } = $"A controller's name has 1 to {ControlLimits.MaxNameChars} visible ASCII characters.";

    /// <summary>Whether a controller can have that name.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= ControlLimits.MaxNameChars && !name.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Throws unless the client may be that controller, which for that of the number service nobody may.</summary>
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public static void Check(ControlIdentity identity, string name)
    {
        if (identity.Controller is { } only && only != name)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"This token is bound to the controller {only}."));
        }

        if (name == ControlApplication.Numbers)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"{name} is the server's own controller, of the calls of numbers; take another name."));
        }
    }

    /// <summary>The controller of a unary call: what its metadata says, else what its token is bound to, else the token's name.</summary>
    /// <param name="context">The call.</param>
    /// <param name="isNamed">Whether it says so, or its token does: then it is no operator.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT, PERMISSION_DENIED.</exception>
    public static string Of(ServerCallContext context, out bool isNamed)
    {
        ControlIdentity identity = ControlIdentity.Of(context);
        string? wanted = context.RequestHeaders.GetValue(Header);
        isNamed = wanted is not null || identity.Controller is not null;
        string name = wanted ?? identity.Controller ?? identity.Name;
        if (!IsValid(name))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"{Header}: {Rule}"));
        }

        Check(identity, name);
        return name;
    }
}
