namespace Grpc.Core;

/// <summary>Adds credentials to a call's metadata before it begins.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
