using Grpc.Core;
using MediaCore.Control.Mapping;
using MediaCore.Control.V1;

namespace MediaCore.Control.Services;

/// <summary>The service <c>mediacore.v1.Config</c>: the configuration piece by piece.</summary>
/// <param name="configuration">What the host does.</param>
public sealed class ConfigService(INodeConfiguration configuration) : Config.ConfigBase
{
    /// <summary>Characters of values in one page, under the 4 MiB that every client takes.</summary>
    private const int PageCharacters = 1024 * 1024;

    /// <inheritdoc/>
    public override async Task<ListResourcesResponse> ListResources(ListResourcesRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<ConfigurationResource> all = await ListAsync(request.Section, context).ConfigureAwait(false);
        int next = 0;
        if (request.PageToken.Length > 0)
        {
            next = all.Index().Where(each => TokenOf(each.Item) == request.PageToken).Select(static each => each.Index + 1).FirstOrDefault();
            if (next == 0)
            {
                throw new RpcException(new Status(StatusCode.Aborted, "What the page_token stands for is gone meanwhile: list from the beginning."));
            }
        }

        ListResourcesResponse response = new();
        for (int characters = 0; next < all.Count && characters < PageCharacters; next++)
        {
            response.Resources.Add(ToResource(all[next]));
            characters += all[next].Json.Length;
        }

        response.NextPageToken = next < all.Count ? TokenOf(all[next - 1]) : "";
        return response;
    }

    /// <inheritdoc/>
    public override async Task<Resource> GetResource(GetResourceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<ConfigurationResource> all = request.Section.Length == 0
            ? throw new RpcException(new Status(StatusCode.InvalidArgument, "section is empty; ListResources shows which there are."))
            : await ListAsync(request.Section, context).ConfigureAwait(false);
        return all.FirstOrDefault(each => each.Name == request.Name) is { } found
            ? ToResource(found)
            : throw new RpcException(new Status(StatusCode.NotFound, $"There is none of that name in {request.Section}."));
    }

    /// <inheritdoc/>
    public override Task<ChangeResponse> ReplaceResource(ReplaceResourceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Resource is { } resource
            ? ChangeAsync(Make(ConfigurationAction.Replace, resource.Section, resource.Name, request.Etag, context) with { Json = resource.Json, Before = request.Before, IsDryRun = request.DryRun }, context)
            : throw new RpcException(new Status(StatusCode.InvalidArgument, "resource is missing."));
    }

    /// <inheritdoc/>
    public override Task<ChangeResponse> UpdateResource(UpdateResourceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ChangeAsync(Make(ConfigurationAction.Update, request.Section, request.Name, request.Etag, context) with { Json = request.MergePatch, IsDryRun = request.DryRun }, context);
    }

    /// <inheritdoc/>
    public override Task<ChangeResponse> DeleteResource(DeleteResourceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ChangeAsync(Make(ConfigurationAction.Delete, request.Section, request.Name, request.Etag, context) with { IsDryRun = request.DryRun }, context);
    }

    /// <inheritdoc/>
    public override Task<ChangeResponse> ResetResource(ResetResourceRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ChangeAsync(Make(ConfigurationAction.Reset, request.Section, request.Name, request.Etag, context) with { IsDryRun = request.DryRun }, context);
    }

    private static ConfigurationRequest Make(ConfigurationAction action, string section, string name, string etag, ServerCallContext context) => new(action, section, name, etag, ControlIdentity.Of(context).Name);

    private static string TokenOf(ConfigurationResource resource) => $"{resource.Section}/{resource.Name}";

    private static Resource ToResource(ConfigurationResource resource) => new()
    {
        Section = resource.Section,
        Name = resource.Name,
        Json = resource.Json,
        Etag = resource.ETag,
        Changed = resource.IsChanged,
        Notice = resource.Notice,
    };

    private async Task<IReadOnlyList<ConfigurationResource>> ListAsync(string section, ServerCallContext context) =>
        await configuration.ListAsync(section, context.CancellationToken).ConfigureAwait(false)
        ?? throw new RpcException(new Status(StatusCode.NotFound, "There is no such section that can be shown here; an empty one lists all."));

    private async Task<ChangeResponse> ChangeAsync(ConfigurationRequest request, ServerCallContext context)
    {
        ConfigurationOutcome outcome = await configuration.ChangeAsync(request, context.CancellationToken).ConfigureAwait(false);
        StatusCode code = outcome.Status switch
        {
            ConfigurationStatus.Done => StatusCode.OK,
            ConfigurationStatus.NotFound => StatusCode.NotFound,
            ConfigurationStatus.Aborted => StatusCode.Aborted,
            ConfigurationStatus.Invalid => StatusCode.InvalidArgument,
            ConfigurationStatus.TooLarge => StatusCode.ResourceExhausted,
            _ => StatusCode.Unavailable,
        };
        if (code != StatusCode.OK)
        {
            throw StatusDetails.ToException(code, outcome.Problems);
        }

        return new ChangeResponse { Resource = outcome.Resource is { } resource ? ToResource(resource) : null, Notices = { outcome.Notices } };
    }
}
